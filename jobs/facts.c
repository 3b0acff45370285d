/* The facts sheet, made from a finding as it is stored, and the check of a text against it. The
 * sheet is JSON, so that what a ledger calls its accounts stays a quoted text wherever the sheet
 * goes. What may be said is read off the finished sheet, not from a list of its own: a fact that
 * is added to the sheet can be spoken of at once. */
#include "facts.h"

#include "date.h"
#include "json_add.h"
#include "mem.h"
#include "pattern.h"
#include "profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- the sheet ----------------------------------------------------------------------------- */

static bool add_amount(cJSON *sheet, const char *name, double value)
{
    return json_add_number(sheet, name, value, 2);
}

/* The nine values that reviewers have always been given. */
static bool add_values(cJSON *sheet, const struct finding *f)
{
    return json_add_text(sheet, "company", f->company) &&
           json_add_text(sheet, "account", f->account) && json_add_text(sheet, "au", f->au) &&
           json_add_text(sheet, "as_of_date", f->as_of_date) &&
           add_amount(sheet, "gl_balance", f->feature[FEATURE_GL_BALANCE]) &&
           add_amount(sheet, "ihub_balance", f->feature[FEATURE_IHUB_BALANCE]) &&
           add_amount(sheet, "balance_difference", f->feature[FEATURE_BALANCE_DIFFERENCE]) &&
           json_add_text(sheet, "match_status", f->match_status) &&
           json_add_number(sheet, "anomaly_score", f->score, 4);
}

/* ISO text of the as-of date of the account's row before; "" if it is not known. */
static void date_before(const struct finding *f, char text[DATE_TEXT])
{
    double days = f->feature[FEATURE_DAYS_SINCE_LAST];
    size_t n = strlen(f->as_of_date);

    text[0] = '\0';
    if (days > 0 && date_orders(f->as_of_date, n) != 0)
        date_format(date_days(f->as_of_date, n, DATE_MONTH_FIRST) - (int32_t)days, text);
}

static bool add_history(cJSON *sheet, const struct finding *f)
{
    bool first = isnan(f->usual_difference);
    double before = f->feature[FEATURE_BALANCE_DIFFERENCE] - f->feature[FEATURE_DIFF_CHANGE];
    char date[DATE_TEXT];

    date_before(f, date);
    return json_add_text(sheet, "previous_date", date) &&
           add_amount(sheet, "previous_difference", first ? (double)NAN : before) &&
           add_amount(sheet, "usual_difference", f->usual_difference) &&
           add_amount(sheet, "gl_change", f->feature[FEATURE_GL_CHANGE]) &&
           add_amount(sheet, "ihub_change", f->feature[FEATURE_IHUB_CHANGE]) &&
           add_amount(sheet, "difference_change", f->feature[FEATURE_DIFF_CHANGE]) &&
           json_add_number(sheet, "days_since_previous", f->feature[FEATURE_DAYS_SINCE_LAST],
                           0);
}

static const char *meaning_of_pattern(const char *name)
{
    for (int p = 0; p < N_PATTERN; p++)
        if (strcmp(pattern_name((enum pattern)p), name) == 0)
            return pattern_meaning((enum pattern)p);
    return "";
}

static bool add_judgement(cJSON *sheet, const struct finding *f)
{
    return json_add_text(sheet, "pattern", f->pattern) &&
           json_add_text(sheet, "pattern_meaning", meaning_of_pattern(f->pattern)) &&
           json_add_text(sheet, "break_lifecycle", f->lifecycle) &&
           json_add_text(sheet, "break_since", f->break_since) &&
           json_add_number(sheet, "break_months", f->break_months, 0) &&
           json_add_text(sheet, "severity", f->severity);
}

const char *facts_feature_meaning(const struct findings *findings, size_t feature)
{
    for (int number = 0; number < N_PROFILE; number++) {
        const struct profile *profile = profile_get((enum profile_number)number);
        if (strcmp(profile->name, findings->profile) == 0 && feature < profile->n_feature)
            return profile->label[feature].meaning;
    }
    return "";
}

/* A feature that sets the row apart, with its share of all that does. */
static bool add_driver(cJSON *drivers, const struct findings *findings, size_t feature,
                       double share)
{
    cJSON *driver = cJSON_CreateObject();

    if (driver == NULL || !cJSON_AddItemToArray(drivers, driver)) {
        cJSON_Delete(driver);
        return false;
    }
    return json_add_text(driver, "feature", findings->feature_name[feature]) &&
           json_add_text(driver, "meaning", facts_feature_meaning(findings, feature)) &&
           json_add_number(driver, "share_percent", 100 * share, 1);
}

double facts_driver_share(const struct findings *findings, const struct finding *finding,
                          size_t feature)
{
    double all = 0;

    if (feature >= 64 || !(finding->departing >> feature & 1) ||
        !(finding->contribution[feature] < 0))
        return 0;
    for (size_t k = 0; k < findings->n_contribution; k++)
        all += fmin(finding->contribution[k], 0);
    return finding->contribution[feature] / all;
}

static bool add_drivers(cJSON *sheet, const struct findings *findings, const struct finding *f)
{
    cJSON *drivers = cJSON_AddArrayToObject(sheet, "drivers");

    for (size_t k = 0; drivers != NULL && k < findings->n_contribution; k++) {
        double share = facts_driver_share(findings, f, k);
        if (share > 0 && !add_driver(drivers, findings, k, share))
            return false;
    }
    return drivers != NULL;
}

static bool fill_sheet(cJSON *sheet, const struct findings *findings, const struct finding *f)
{
    return add_values(sheet, f) && json_add_text(sheet, "currency", f->currency) &&
           add_history(sheet, f) && add_judgement(sheet, f) &&
           add_drivers(sheet, findings, f) &&
           json_add_text(sheet, "explanation_by_rules", f->explanation);
}

/* ---- what it claims ------------------------------------------------------------------------ */

static bool append_claim(struct facts *facts, size_t *room, const struct claim *claim)
{
    if (facts->n_claim == *room) {
        size_t more = mem_grow(*room, *room + 1);
        struct claim *grown = mem_resize(facts->claim, more, sizeof *grown);
        if (grown == NULL)
            return false;
        facts->claim = grown;
        *room = more;
    }
    facts->claim[facts->n_claim++] = *claim;
    return true;
}

/* What stands in digits in an item, and in all below it. A number of the sheet may be rounded: its
 * claim is a CLAIM_NUMBER; one in a text is not, as it may name something. */
static bool collect_claims(const cJSON *item, struct facts *facts, size_t *room)
{
    const char *text = item->valuestring;
    bool is_number = cJSON_IsRaw(item);
    struct claim claim;
    bool kept = true;

    if (is_number || cJSON_IsString(item))
        while (kept && claims_next(&text, &claim)) {
            if (claim.kind == CLAIM_NUMBER && !is_number)
                claim.kind = CLAIM_WORD;
            kept = append_claim(facts, room, &claim);
        }
    for (const cJSON *child = item->child; kept && child != NULL; child = child->next)
        kept = collect_claims(child, facts, room);
    return kept;
}

enum status facts_make(const struct findings *findings, size_t i, struct facts *out,
                       struct error *err)
{
    enum status st = STATUS_OK;
    struct facts facts = {.sheet = cJSON_CreateObject(), .claim = mem_array(0, 1)};
    size_t room = 0;

    if (facts.sheet != NULL && facts.claim != NULL &&
        fill_sheet(facts.sheet, findings, &findings->finding[i]))
        facts.text = cJSON_PrintUnformatted(facts.sheet);
    if (facts.text == NULL || !collect_claims(facts.sheet, &facts, &room))
        TRY(error_no_memory(err, "the facts of an anomaly"));
    *out = facts;
    facts = (struct facts){0};
done:
    facts_free(&facts);
    return st;
}

void facts_free(struct facts *facts)
{
    cJSON_Delete(facts->sheet);
    cJSON_free(facts->text);
    free(facts->claim);
    *facts = (struct facts){0};
}

/* ---- the check ----------------------------------------------------------------------------- */

static bool same_text(const struct claim *a, const struct claim *b)
{
    return a->length == b->length && strncasecmp(a->text, b->text, a->length) == 0;
}

/* A fact, rounded where the claim ends. */
static bool rounds_to(double fact, const struct claim *claim)
{
    static const double SLACK = 1e-9;    /* for halves that are no binary fractions */
    static const double ROUGHEST = 0.05; /* 600,000 is not 1 million */
    double off = fabs(fact - claim->value);

    return off <= claim->unit * (0.5 + SLACK) + SLACK * claim->value &&
           (claim->unit <= 1 || off <= ROUGHEST * claim->value);
}

static bool same_date(const struct claim *fact, const struct claim *claim)
{
    bool straight = (claim->day == 0 || fact->day == claim->day) && fact->month == claim->month;
    bool crossed = claim->swapped && fact->day == claim->month && fact->month == claim->day;

    return (claim->year == 0 || fact->year == claim->year) && (straight || crossed);
}

static bool is_year(const struct claim *fact, const struct claim *claim)
{
    return claim->length == 4 && claim->value == fact->year;
}

static bool bears_out(const struct claim *fact, const struct claim *claim)
{
    switch (fact->kind) {
    case CLAIM_NUMBER:
        return claim->kind == CLAIM_NUMBER && rounds_to(fact->value, claim);
    case CLAIM_DATE:
        return claim->kind == CLAIM_DATE     ? same_date(fact, claim)
               : claim->kind == CLAIM_NUMBER ? is_year(fact, claim)
                                             : same_text(fact, claim);
    default:
        return claim->kind != CLAIM_DATE && same_text(fact, claim);
    }
}

bool facts_bear_out(const struct facts *facts, const struct claim *claim)
{
    for (size_t i = 0; i < facts->n_claim; i++)
        if (bears_out(&facts->claim[i], claim))
            return true;
    return false;
}

enum status facts_key(const struct facts *facts, int rules, const char *model,
                      char key[SHA256_HEX], struct error *err)
{
    enum status st = STATUS_OK;
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    char version[16];

    snprintf(version, sizeof version, "%d", rules);
    TRY(sha256_create(&sha, err));
    sha256_add_text(sha, version, strlen(version));
    sha256_add_text(sha, model, strlen(model));
    sha256_add_text(sha, facts->text, strlen(facts->text));
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, key);
done:
    sha256_free(sha);
    return st;
}
