/* What is read out of prose: each text with its claims as they should be found. */
#include "claims.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

enum { SAID = 512 };

/* "1234.5/0.1" for a number, "[2024-5-31]" for a date (? if it may be swapped), "<Q2>" a word. */
static void render(const char *text, char said[SAID])
{
    struct claim claim;
    size_t n = 0;

    said[0] = '\0';
    while (claims_next(&text, &claim)) {
        if (claim.kind == CLAIM_NUMBER)
            n += (size_t)snprintf(said + n, SAID - n, "%.15g/%g ", claim.value, claim.unit);
        else if (claim.kind == CLAIM_DATE)
            n += (size_t)snprintf(said + n, SAID - n, "[%d-%d-%d%s] ", claim.year, claim.month,
                                  claim.day, claim.swapped ? "?" : "");
        else
            n += (size_t)snprintf(said + n, SAID - n, "<%.*s> ", (int)claim.length, claim.text);
    }
    if (n > 0)
        said[n - 1] = '\0';
}

struct reading {
    const char *text, *claims;
};

static void check_table(const struct reading *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char said[SAID];
        render(table[i].text, said);
        CU_ASSERT_STRING_EQUAL(said, table[i].claims);
        if (strcmp(said, table[i].claims) != 0)
            printf("\n\"%s\": %s\n", table[i].text, said);
    }
}

static void numbers_are_read(void)
{
    static const struct reading TABLE[] = {
        {"", ""},
        {"no digits, one hundred", ""},
        {"1234.50", "1234.5/0.01"},
        {"It was 1,234.50, then 7.", "1234.5/0.01 7/1"},
        {"(1,234.50) USD", "1234.5/0.01"},
        {"-1,234,567.89", "1234567.89/0.01"},
        {"$12 and \xe2\x82\xac"
         "13 and 14\xe2\x82\xac",
         "12/1 13/1 14/1"},
        {"1.2 million", "1200000/100000"},
        {"1.2M, 3bn; 45k", "1200000/100000 3000000000/1e+09 45000/1000"},
        {"3-million", "3000000/1e+06"},
        {"2 months, 5 men", "2/1 5/1"},
        {"45 % or 45% or .5", "45/1 45/1 0.5/0.1"},
        {"1,200,000", "1200000/10000"},
        {"1,234,000 100 1000", "1234000/1000 100/1 1000/10"},
        {"1,2345", "1/1 2345/1"},
        {"the 2nd and the 45th", "2/1 45/1"},
        {"0 0.00 0.5", "0/1 0/0.01 0.5/0.1"},
        {"1.2.3", "1.2/0.1 0.3/0.1"},
        {"ends in 7", "7/1"},
        {"12/13", "12/1 13/1"},
    };

    check_table(TABLE, sizeof TABLE / sizeof *TABLE);
}

static void dates_are_read(void)
{
    static const struct reading TABLE[] = {
        {"2024-05-31", "[2024-5-31]"},
        {"on 2024/5/31.", "[2024-5-31]"},
        {"2024-05", "[2024-5-0]"},
        {"5/31/2024 31.05.2024 31-05-2024", "[2024-5-31?] [2024-31-5?] [2024-31-5?]"},
        {"31 May 2024", "[2024-5-31]"},
        {"31st of May, 2024", "[2024-5-31]"},
        {"31-May-2024", "[2024-5-31]"},
        {"May 31, 2024", "[2024-5-31]"},
        {"may 31st", "[0-5-31]"},
        {"31 December", "[0-12-31]"},
        {"Sep 2024", "[2024-9-0]"},
        {"It may be 5", "5/1"},
        {"Maybe 31 mayors", "31/1"},
        {"2024-13-45", "2024/1 13/1 45/1"},
        {"2024", "2024/1"},
        {"May 45", "45/1"},
        {"March 31, 12 rows", "[0-3-31] 12/1"},
    };

    check_table(TABLE, sizeof TABLE / sizeof *TABLE);
}

static void words_are_read(void)
{
    static const struct reading TABLE[] = {
        {"account 00002", "<00002>"},
        {"e37079bc244fe52e", "<e37079bc244fe52e>"},
        {"in Q2", "<Q2>"},
        {"AU-17, ACC_9.", "<AU-17> <ACC_9>"},
        {"1e6", "<1e6>"},
        {"1.2e6", "<1.2e6>"},
        {"5x", "<5x>"},
        {"0x1F", "<0x1F>"},
        {"10.0.0.1", "10/0.1 0/0.1 0.1/0.1"},
        {"GL/IHub", ""},
    };

    check_table(TABLE, sizeof TABLE / sizeof *TABLE);
}

/* Nothing with a digit in it is passed over, and reading ends. */
static void every_digit_belongs_to_a_claim(void)
{
    static const char PIECE[] = "0179.,-/ aMkS%:_(\xc3";
    unsigned random = 12345;

    for (int turn = 0; turn < 20000; turn++) {
        char text[24];
        for (size_t i = 0; i < sizeof text - 1; i++) {
            random = random * 1103515245u + 12345u;
            text[i] = PIECE[(random >> 16) % (sizeof PIECE - 1)];
        }
        text[sizeof text - 1] = '\0';
        const char *at = text, *from = text;
        struct claim claim;
        while (claims_next(&at, &claim)) {
            CU_ASSERT_FATAL(claim.length > 0 && claim.text + claim.length <= at);
            for (; from < claim.text; from++)
                CU_ASSERT_FALSE(*from >= '0' && *from <= '9');
            from = claim.text + claim.length;
        }
        CU_ASSERT_PTR_NULL(strpbrk(from, "0123456789"));
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"numbers are read", numbers_are_read},
        {"dates are read", dates_are_read},
        {"words with digits are read", words_are_read},
        {"every digit belongs to a claim", every_digit_belongs_to_a_claim},
    };

    return suite_run("claims", FACT, sizeof FACT / sizeof *FACT);
}
