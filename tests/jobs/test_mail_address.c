/* mail_address.h on addresses of RFC 3696's kind, and on what could break a command or a header. */
#include "mail_address.h"

#include "suite.h"

#include <string.h>

/* 64 characters, the most a local part may have. */
#define LONG_LOCAL "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

static void good_addresses_are_taken(void)
{
    static const char *const CASE[] = {"a@b",
                                       "anna@example.com",
                                       "anna.b+tag@sub.example.co.uk",
                                       "o'neil/team=x@x-y.example",
                                       "1@2.3",
                                       LONG_LOCAL "@example.com"};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
        CU_ASSERT(mail_address_is_valid(CASE[i], strlen(CASE[i])));
}

static void bad_addresses_are_not(void)
{
    static const char *const CASE[] = {"",
                                       "anna",
                                       "@example.com",
                                       "anna@",
                                       "anna@@example.com",
                                       "a@b@c",
                                       ".a@b",
                                       "a.@b",
                                       "a..b@c",
                                       "a@.b",
                                       "a@b.",
                                       "a@b..c",
                                       "a@-b",
                                       "a@b-",
                                       "a@b-.c",
                                       "a b@c",
                                       "a@b c",
                                       "a@b\r\nRCPT TO:<eve@c>",
                                       "a\n@b",
                                       "a\t@b",
                                       "<a@b>",
                                       "A <a@b>",
                                       "\"a b\"@c",
                                       "a@[127.0.0.1]",
                                       "a@b;c@d",
                                       "a\\@b",
                                       "m\xC3\xBCller@example.com",
                                       "a@m\xC3\xBCnchen.de",
                                       LONG_LOCAL "m@example.com"};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++)
        CU_ASSERT_FALSE(mail_address_is_valid(CASE[i], strlen(CASE[i])));
    CU_ASSERT_FALSE(mail_address_is_valid("a\0@b", 4));
}

static void lists_are_split(void)
{
    struct mail_addresses addresses;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(
        mail_addresses_parse(" a@b,c@d ,\ta@b, e@f", "email.to", &addresses, &err), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(addresses.n, 3);
    CU_ASSERT_STRING_EQUAL(addresses.address[0], "a@b");
    CU_ASSERT_STRING_EQUAL(addresses.address[1], "c@d");
    CU_ASSERT_STRING_EQUAL(addresses.address[2], "e@f");
    mail_addresses_free(&addresses);
    CU_ASSERT_EQUAL(addresses.n, 0);
}

static void bad_lists_are_refused(void)
{
    static const char *const CASE[] = {"",     " ",        ",",       "a@b,",
                                       ",a@b", "a@b,,c@d", "a@b c@d", "a@b;c@d"};

    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        struct mail_addresses addresses;
        struct error err = {0};
        CU_ASSERT_EQUAL(mail_addresses_parse(CASE[i], "email.to", &addresses, &err),
                        STATUS_CONFIG);
        CU_ASSERT_EQUAL(strncmp(err.text, "email.to: ", 10), 0);
        CU_ASSERT_EQUAL(addresses.n, 0);
        CU_ASSERT_PTR_NULL(addresses.address);
    }
}

int main(void)
{
    static const struct fact FACT[] = {
        {"everyday addresses are taken", good_addresses_are_taken},
        {"anything else is not", bad_addresses_are_not},
        {"a list is split, each address kept once", lists_are_split},
        {"a list with a part that is none is refused", bad_lists_are_refused},
    };
    return suite_run("mail_address", FACT, sizeof FACT / sizeof *FACT);
}
