/* A language model's reply, read as text from a stranger. The JSON is looked for in whatever
 * surrounds it; then each member must pass. The check on numbers is what makes a reply usable: a
 * model words well and counts badly, and a wrong amount in a ticket costs more than a plain
 * sentence. What cannot be checked, numbers in words, is left to the reader. */
#include "model_reply.h"

#include "code_point.h"
#include "utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_CONTENT = 32768, BYTES_A_TOKEN = 4, DIGITS = 10 };

__attribute__((format(printf, 2, 3))) static bool refuse(char why[MODEL_WHY],
                                                         const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, MODEL_WHY, format, args);
    va_end(args);
    for (char *c = why; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return false;
}

/* ---- texts --------------------------------------------------------------------------------- */

/* Digits of other scripts and forms, which would pass by the check of numbers. */
static bool is_foreign_digit(uint32_t code)
{
    static const uint32_t ZERO[] = {0x660, 0x6F0,  0x7C0,  0x966,  0x9E6,  0xA66,  0xAE6,
                                    0xB66, 0xBE6,  0xC66,  0xCE6,  0xD66,  0xE50,  0xED0,
                                    0xF20, 0x1040, 0x17E0, 0x1810, 0x2070, 0x2080, 0xFF10};

    for (size_t i = 0; i < sizeof ZERO / sizeof *ZERO; i++)
        if (code >= ZERO[i] && code < ZERO[i] + DIGITS)
            return true;
    return code == 0xB2 || code == 0xB3 || code == 0xB9 || (code >= 0xBC && code <= 0xBE) ||
           (code >= 0x2150 && code <= 0x218B) || (code >= 0x2460 && code <= 0x249B) ||
           (code >= 0x1D7CE && code <= 0x1D7FF);
}

/* What changes how other characters show, or shows nothing. */
static bool is_invisible(uint32_t code)
{
    return code == 0xAD || code == 0x61C || code == 0xFEFF ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x2069) || (code >= 0xE0000 && code <= 0xE0FFF);
}

static bool is_control(uint32_t code)
{
    return code < ' ' || (code >= 0x7F && code < 0xA0);
}

/* One line of text without control and invisible characters, and with single blanks; its length
 * in code points, or most + 1 if it is longer. out has 4 * most + 1 bytes. */
static size_t clean_text(const char *text, size_t most, char *out)
{
    size_t n = 0;
    char *end = out;

    while (*text != '\0') {
        const char *from = text;
        uint32_t code = code_point_next(&text);
        bool blank = is_control(code) || code == ' ';
        if (is_invisible(code) || (blank && (end == out || end[-1] == ' ')))
            continue;
        if (n == most)
            return most + 1;
        if (blank) {
            *end++ = ' ';
        } else {
            memcpy(end, from, (size_t)(text - from));
            end += text - from;
        }
        n++;
    }
    if (end > out && end[-1] == ' ')
        end--;
    *end = '\0';
    return n;
}

static bool has_foreign_digit(const char *text)
{
    while (*text != '\0')
        if (is_foreign_digit(code_point_next(&text)))
            return true;
    return false;
}

static bool check_claims(const char *name, const char *text, const struct facts *facts,
                         char why[MODEL_WHY])
{
    struct claim claim;

    while (claims_next(&text, &claim))
        if (!facts_bear_out(facts, &claim))
            return refuse(why, "%s says %.*s, which is not among the facts", name,
                          claim.length < 40 ? (int)claim.length : 40, claim.text);
    return true;
}

/* A text member: there, not empty, not too long, and true as far as can be told. Bytes that are
 * not UTF-8 were replaced before. */
static bool read_text(const cJSON *object, const char *name, size_t most,
                      const struct facts *facts, char *out, char why[MODEL_WHY])
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    if (!cJSON_IsString(item))
        return refuse(why, "%s is missing or is no text", name);
    size_t n = clean_text(item->valuestring, most, out);
    if (n > most)
        return refuse(why, "%s is longer than %zu characters", name, most);
    if (out[0] == '\0')
        return refuse(why, "%s is empty", name);
    if (strstr(out, "://") != NULL || strstr(out, "www.") != NULL)
        return refuse(why, "%s has a link in it", name);
    if (has_foreign_digit(out))
        return refuse(why, "%s has digits other than 0 to 9", name);
    return check_claims(name, out, facts, why);
}

static bool read_cause(const cJSON *object, const char **cause, char why[MODEL_WHY])
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, "likely_cause");

    for (size_t i = 0; cJSON_IsString(item) && MODEL_CAUSE[i] != NULL; i++)
        if (strcasecmp(item->valuestring, MODEL_CAUSE[i]) == 0) {
            *cause = MODEL_CAUSE[i];
            return true;
        }
    return refuse(why, "likely_cause is not one of the listed causes");
}

static bool read_confidence(const cJSON *object, double *confidence, char why[MODEL_WHY])
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, "confidence");

    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 1))
        return refuse(why, "confidence is not a number from 0 to 1");
    *confidence = item->valuedouble;
    return true;
}

static bool read_members(const cJSON *object, const struct facts *facts,
                         struct model_answer *answer, char why[MODEL_WHY])
{
    return read_text(object, "summary", MODEL_SUMMARY, facts, answer->summary, why) &&
           read_cause(object, &answer->likely_cause, why) &&
           read_text(object, "recommended_action", MODEL_ACTION, facts, answer->action, why) &&
           read_confidence(object, &answer->confidence, why);
}

/* ---- the JSON in the text ------------------------------------------------------------------ */

/* What a reasoning model says behind its thoughts. */
static const char *behind_thoughts(const char *text)
{
    static const char END[] = "</think>";

    for (const char *end; (end = strstr(text, END)) != NULL;)
        text = end + strlen(END);
    return text;
}

/* The last JSON object of the text that has one of our members: models show an example, or
 * repeat the question, before they answer. */
static cJSON *find_object(const char *text)
{
    cJSON *found = NULL;

    while ((text = strchr(text, '{')) != NULL) {
        const char *end = text + 1;
        cJSON *object = cJSON_ParseWithOpts(text, &end, false);
        if (object != NULL && cJSON_GetObjectItemCaseSensitive(object, "summary") != NULL) {
            cJSON_Delete(found);
            found = object;
            text = end;
        } else {
            cJSON_Delete(object);
            text++;
        }
    }
    return found;
}

bool model_answer_read(const char *text, const struct facts *facts, struct model_answer *answer,
                       char why[MODEL_WHY])
{
    struct model_answer read = {.confidence = 0};

    if (strlen(text) > LONGEST_CONTENT)
        return refuse(why, "it is longer than %d bytes", LONGEST_CONTENT);
    cJSON *object = find_object(behind_thoughts(text));
    if (object == NULL)
        return refuse(why, "there is no JSON object with the member summary in it");
    bool accepted = read_members(object, facts, &read, why);
    cJSON_Delete(object);
    if (accepted)
        *answer = read;
    return accepted;
}

char *model_answer_print(const struct model_answer *answer, const char *model)
{
    cJSON *object = cJSON_CreateObject();
    char *text = NULL;

    if (object != NULL && cJSON_AddStringToObject(object, "summary", answer->summary) != NULL &&
        cJSON_AddStringToObject(object, "likely_cause", answer->likely_cause) != NULL &&
        cJSON_AddStringToObject(object, "recommended_action", answer->action) != NULL &&
        cJSON_AddNumberToObject(object, "confidence", answer->confidence) != NULL &&
        cJSON_AddStringToObject(object, "model", model) != NULL)
        text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

char *model_answer_giver(const char *text)
{
    cJSON *object = cJSON_Parse(text);
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "model"));
    char *giver = name != NULL ? strdup(name) : NULL;

    cJSON_Delete(object);
    return giver;
}

/* ---- the answer of the server -------------------------------------------------------------- */

static int64_t count_tokens(const cJSON *reply, size_t n)
{
    const cJSON *usage = cJSON_GetObjectItemCaseSensitive(reply, "usage");
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(usage, "total_tokens");

    if (cJSON_IsNumber(total) && total->valuedouble >= 0 && total->valuedouble < 1e15)
        return (int64_t)total->valuedouble;
    return (int64_t)(n / BYTES_A_TOKEN);
}

static bool is_text(const cJSON *object, const char *name, const char *text)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) && strcmp(item->valuestring, text) == 0;
}

static bool read_choice(const cJSON *reply, const struct facts *facts,
                        struct model_answer *answer, char why[MODEL_WHY])
{
    const cJSON *choices = cJSON_GetObjectItemCaseSensitive(reply, "choices");
    const cJSON *choice = cJSON_IsArray(choices) ? choices->child : NULL;
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(choice, "message");
    const cJSON *content = cJSON_GetObjectItemCaseSensitive(message, "content");

    if (choice == NULL)
        return refuse(why, "the server's answer has no choices");
    if (cJSON_IsString(cJSON_GetObjectItemCaseSensitive(message, "refusal")))
        return refuse(why, "the model declined to answer");
    if (!cJSON_IsString(content))
        return refuse(why, "the server's answer has no text");
    if (model_answer_read(content->valuestring, facts, answer, why))
        return true;
    if (is_text(choice, "finish_reason", "length"))
        refuse(why, "it was cut at its limit of tokens");
    return false;
}

/* The body as JSON with every byte that is not UTF-8 replaced; NULL if it is no JSON. */
static cJSON *parse_body(const char *body, size_t n)
{
    char *repaired = malloc(utf8_repair(body, n, NULL) + 1);
    cJSON *reply = NULL;

    if (repaired != NULL) {
        utf8_repair(body, n, repaired);
        reply = cJSON_Parse(repaired);
    }
    free(repaired);
    return reply;
}

bool model_reply_read(const char *body, size_t n, const struct facts *facts,
                      struct model_answer *answer, char why[MODEL_WHY], int64_t *tokens)
{
    cJSON *reply = parse_body(body, n);
    bool accepted = false;

    *tokens = count_tokens(reply, n);
    if (!cJSON_IsObject(reply))
        refuse(why, "the server's answer is no JSON object");
    else
        accepted = read_choice(reply, facts, answer, why);
    cJSON_Delete(reply);
    return accepted;
}

bool model_is_out_of_quota(const char *body, size_t n)
{
    static const char *const SIGN[] = {"quota", "credit", "spend_limit", "usage_limit",
                                       "billing"};
    cJSON *reply = parse_body(body, n);
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(reply, "error");
    const cJSON *from = cJSON_IsObject(error) ? error : reply;
    const cJSON *part[] = {cJSON_GetObjectItemCaseSensitive(from, "type"),
                           cJSON_GetObjectItemCaseSensitive(from, "code")};
    bool out_of_quota = false;

    for (size_t p = 0; p < sizeof part / sizeof *part; p++)
        for (size_t i = 0; cJSON_IsString(part[p]) && i < sizeof SIGN / sizeof *SIGN; i++)
            out_of_quota = out_of_quota || strstr(part[p]->valuestring, SIGN[i]) != NULL;
    cJSON_Delete(reply);
    return out_of_quota;
}
