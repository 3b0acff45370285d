/* ticket_text.h and plain_text.h: what stands in a ticket, a comment and the ticket of the rest. */
#include "plain_text.h"

#include "one_line.h"
#include "told.h"

/* The text of the fact with this label, or "". */
static const char *fact_of(const struct ticket_text *text, const char *label)
{
    for (size_t i = 0; i < text->n; i++)
        if (text->part[i].kind == PART_FACT && strcmp(text->part[i].label, label) == 0)
            return text->part[i].text;
    return "";
}

static bool says(const struct ticket_text *text, const char *words)
{
    for (size_t i = 0; i < text->n; i++)
        if (strstr(text->part[i].text, words) != NULL)
            return true;
    return false;
}

static void a_title_tells_the_account_and_the_amount(void)
{
    struct told told;
    told_begin(&told);
    told.room[0].currency = "EUR";
    struct ticket_text text = told_text(&told);

    CU_ASSERT_STRING_EQUAL(text.title, "2024-05-31, 00002 / 1619205 / 62695: difference "
                                       "-1,234,567.89 EUR (critical, spike)");
    ticket_text_free(&text);
}

static void facts_have_separators_and_currency(void)
{
    struct told told;
    told_begin(&told);
    told.room[0].currency = "EUR";
    struct ticket_text text = told_text(&told);

    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Difference"), "-1,234,567.89 EUR");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Company"), "00002");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Open since"), "2024-03-31 (2 months)");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Anomaly score"), "-0.2500");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Finding"), "0123456789abcdef");
    ticket_text_free(&text);
}

static void what_is_missing_is_not_mentioned(void)
{
    struct told told;
    told_begin(&told); /* finding 0 has no usual difference and no currency */
    struct ticket_text text = told_text(&told);

    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Usual difference"), "");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Currency"), "");
    CU_ASSERT_STRING_EQUAL(fact_of(&text, "Difference"), "-1,234,567.89");
    for (size_t i = 0; i < text.n; i++)
        CU_ASSERT_STRING_NOT_EQUAL(text.part[i].text, "");
    ticket_text_free(&text);
}

static void explanation_is_said_with_its_source(void)
{
    struct told told;
    told_begin(&told);
    struct ticket_text text = told_text(&told);
    CU_ASSERT_TRUE(says(&text, "Difference moved, by far."));
    CU_ASSERT_FALSE(says(&text, "language model"));
    ticket_text_free(&text);

    told.explained[0] = (struct explanation){"model", "Prose.", "timing", "Call them."};
    text = told_text(&told);
    CU_ASSERT_TRUE(says(&text, "Prose."));
    CU_ASSERT_TRUE(says(&text, "Likely cause: timing."));
    CU_ASSERT_TRUE(says(&text, "Call them."));
    CU_ASSERT_TRUE(says(&text, "language model"));
    ticket_text_free(&text);
}

static void drivers_are_shares_of_what_speaks_for_it(void)
{
    struct told told;
    told_begin(&told);
    made_up_share[0][0] = -3;
    made_up_share[0][1] = -1;
    told.room[0].departing = 3;
    struct ticket_text text = told_text(&told);

    CU_ASSERT_TRUE(says(&text, ": 75 %"));
    CU_ASSERT_TRUE(says(&text, ": 25 %"));
    ticket_text_free(&text);
    told.room[0].departing = 2; /* the first one only goes with it */
    text = told_text(&told);
    CU_ASSERT_FALSE(says(&text, ": 75 %"));
    CU_ASSERT_TRUE(says(&text, ": 25 %"));
    ticket_text_free(&text);
    made_up_share[0][0] = made_up_share[0][1] = 1;
    text = told_text(&told);
    CU_ASSERT_FALSE(says(&text, " %"));
    ticket_text_free(&text);
}

static void a_comment_has_the_id(void)
{
    struct told told;
    struct ticket_text text = {0};
    struct error err = {0};
    told_begin(&told);

    CU_ASSERT_EQUAL(ticket_text_comment(&told.followup, 0, &text, &err), STATUS_OK);
    CU_ASSERT_TRUE(says(&text, "0123456789abcdef"));
    CU_ASSERT_STRING_EQUAL(text.part[0].text,
                           "Still open, and again an anomaly as of 2024-05-31.");
    ticket_text_free(&text);
}

static void the_rest_is_counted_and_listed(void)
{
    static const size_t REST[] = {0, 2, 1};
    struct told told;
    struct ticket_text text = {0};
    struct error err = {0};
    told_begin(&told);

    CU_ASSERT_EQUAL(
        ticket_text_rest(&told.followup, REST, 3, "jira.max_tickets", 50, &text, &err),
        STATUS_OK);
    CU_ASSERT_STRING_EQUAL(text.title, "3 more anomalies: 1 critical, 2 low");
    CU_ASSERT_TRUE(says(&text, "jira.max_tickets is 50"));
    CU_ASSERT_EQUAL(text.n, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(text.part[1].text, "1619205"));
    ticket_text_free(&text);
}

static void a_long_rest_is_cut(void)
{
    static size_t rest[5000];
    struct told told;
    struct ticket_text text = {0};
    struct error err = {0};
    told_begin(&told);

    CU_ASSERT_EQUAL(
        ticket_text_rest(&told.followup, rest, 5000, "tasks.max_tasks", 1, &text, &err),
        STATUS_OK);
    CU_ASSERT(text.n < 50);
    CU_ASSERT_STRING_EQUAL(text.part[text.n - 1].text, "And 4960 less urgent ones.");
    ticket_text_free(&text);
}

static void hostile_texts_stay_one_line_each(void)
{
    static const char *const TEXT[] = {"\r\nBcc: x\n\n", "\x01\x1b[2J\x7f", "\u202etxt\u2066",
                                       "\xff\xfe\xc0",   "%s%n%d",          "a\u2028b"};

    for (size_t k = 0; k < sizeof TEXT / sizeof *TEXT; k++) {
        struct told told;
        told_begin(&told);
        told_hostile(&told, TEXT[k]);
        struct ticket_text text = told_text(&told);
        CU_ASSERT_PTR_NULL(strpbrk(text.title, "\r\n\x01\x1b\x7f\xff\xfe"));
        CU_ASSERT_PTR_NULL(strstr(text.title, "\u202e"));
        for (size_t i = 0; i < text.n; i++)
            CU_ASSERT_PTR_NULL(strpbrk(text.part[i].text, "\r\n\x01\x1b\x7f\xff\xfe"));
        ticket_text_free(&text);
    }
}

static void a_title_is_never_too_long(void)
{
    struct told told;
    char *text = told_repeat("\U0001F600", 1000);
    told_begin(&told);
    told_hostile(&told, text);
    struct ticket_text said = told_text(&told);
    size_t units = 0;

    for (const char *c = said.title; *c != '\0'; c++)
        units += ((unsigned char)*c & 0xC0) != 0x80 ? 1 + ((unsigned char)*c >= 0xF0) : 0;
    CU_ASSERT(units <= 255 && units > 200);
    ticket_text_free(&said);
    free(text);
}

static void plain_text_has_it_all(void)
{
    struct told told;
    told_begin(&told);
    struct ticket_text text = told_text(&told);
    char *plain = plain_text(&text);

    CU_ASSERT_EQUAL(strncmp(plain, "2024-05-31, 00002 / 1619205", 27), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(plain, "\n  Difference: -1,234,567.89\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(plain, "\n\nExplanation\nDifference moved, by far.\n"));
    free(plain);
    ticket_text_free(&text);
}

int main(void)
{
    static const struct fact FACT[] = {
        {"a title tells the account and the amount", a_title_tells_the_account_and_the_amount},
        {"facts have separators and currency", facts_have_separators_and_currency},
        {"what is missing is not mentioned", what_is_missing_is_not_mentioned},
        {"an explanation is said with its source", explanation_is_said_with_its_source},
        {"drivers are shares of what speaks for it", drivers_are_shares_of_what_speaks_for_it},
        {"a comment has the id", a_comment_has_the_id},
        {"the rest is counted and listed", the_rest_is_counted_and_listed},
        {"a long rest is cut", a_long_rest_is_cut},
        {"hostile texts stay one line each", hostile_texts_stay_one_line_each},
        {"a title is never too long", a_title_is_never_too_long},
        {"plain text has it all", plain_text_has_it_all},
    };

    return suite_run("ticket_text", FACT, sizeof FACT / sizeof *FACT);
}
