#include "materiality.h"
#include "suite.h"

#include <string.h>

static double of(const struct materiality *m, const char *currency)
{
    return materiality_of(m, currency, strlen(currency));
}

static void a_single_amount_is_for_all(void)
{
    struct materiality m;

    CU_ASSERT_TRUE_FATAL(materiality_read("2500.5", &m));
    CU_ASSERT_EQUAL(of(&m, "USD"), 2500.5);
    CU_ASSERT_EQUAL(of(&m, ""), 2500.5);
}

static void named_currencies_have_their_own(void)
{
    struct materiality m;

    CU_ASSERT_TRUE_FATAL(materiality_read("JPY=1500000,1e4,KWD=3000", &m));
    CU_ASSERT_EQUAL(of(&m, "JPY"), 1500000);
    CU_ASSERT_EQUAL(of(&m, "KWD"), 3000);
    CU_ASSERT_EQUAL(of(&m, "JP"), 10000);
    CU_ASSERT_EQUAL(of(&m, "JPYX"), 10000);
}

static void anything_else_is_refused_and_changes_nothing(void)
{
    static const char *const bad[] = {"",          "0",      "-5",    "1,000", "abc",
                                      "JPY=1",     "JPY=,5", "5,JPY", "5,=7",  "5,JPY=0",
                                      "5,A=1,A=2", "5,",     ",5",    "1e999", "5,A=1=2",
                                      "0x10",      "nan",    "5 ",    "inf"};
    struct materiality m = {.standard = 77};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(materiality_read(bad[i], &m));
    CU_ASSERT_EQUAL(m.standard, 77);
}

static void the_list_has_an_end(void)
{
    char text[65 * 8 + 2] = "1", *end = text + 1;
    struct materiality m;

    for (int i = 0; i < MATERIALITY_CURRENCIES; i++) {
        memcpy(end, ",A00=2", 7);
        end[2] = (char)('0' + i / 10);
        end[3] = (char)('0' + i % 10);
        end += 6;
    }
    CU_ASSERT_TRUE(materiality_read(text, &m));
    CU_ASSERT_EQUAL(of(&m, "A63"), 2);
    memcpy(end, ",B=2", 5);
    CU_ASSERT_FALSE(materiality_read(text, &m));
}

int main(void)
{
    static const struct fact facts[] = {
        {"a single amount is for all currencies", a_single_amount_is_for_all},
        {"named currencies have their own amount", named_currencies_have_their_own},
        {"anything else is refused and changes nothing",
         anything_else_is_refused_and_changes_nothing},
        {"the list has an end", the_list_has_an_end},
    };

    return suite_run("materiality", facts, sizeof facts / sizeof facts[0]);
}
