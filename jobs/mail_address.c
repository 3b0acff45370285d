/* Addresses as RFC 5321 has them in everyday use: a dot-separated local part and a domain of
 * labels. Quoted local parts, comments, address literals and display names are legal and not
 * taken: nobody's mailbox needs them, and what is not taken can break no header and no command. */
#include "mail_address.h"

#include "ascii.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

enum { LOCAL_MAX = 64, ADDRESS_MAX = 254, LABEL_MAX = 63 };

static bool is_atom_character(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_local(const char *text, size_t n)
{
    if (n == 0 || n > LOCAL_MAX || text[0] == '.' || text[n - 1] == '.')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_atom_character(text[i]) && (text[i] != '.' || text[i - 1] == '.'))
            return false;
    return true;
}

static bool is_label(const char *text, size_t n)
{
    if (n == 0 || n > LABEL_MAX || text[0] == '-' || text[n - 1] == '-')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!ascii_is_letter(text[i]) && !ascii_is_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

static bool is_domain(const char *text, size_t n)
{
    const char *end = text + n;

    while (true) {
        const char *dot = memchr(text, '.', (size_t)(end - text));
        if (!is_label(text, (size_t)((dot != NULL ? dot : end) - text)))
            return false;
        if (dot == NULL)
            return true;
        text = dot + 1;
    }
}

bool mail_address_is_valid(const char *text, size_t n)
{
    const char *at = memchr(text, '@', n);

    if (at == NULL || n > ADDRESS_MAX)
        return false;
    size_t local = (size_t)(at - text);
    return is_local(text, local) && is_domain(at + 1, n - local - 1);
}

static bool is_listed(const struct mail_addresses *addresses, const char *address)
{
    for (size_t i = 0; i < addresses->n; i++)
        if (strcmp(addresses->address[i], address) == 0)
            return true;
    return false;
}

/* Takes the address at text[n] of the list's copy, which it terminates. */
static enum status take_address(struct mail_addresses *addresses, char *text, size_t n,
                                const char *option, struct error *err)
{
    const char *trimmed = text;

    ascii_trim(&trimmed, &n);
    char *address = text + (trimmed - text);
    if (!mail_address_is_valid(address, n))
        return error_set(err, STATUS_CONFIG,
                         "%s: \"%.*s\" is not an address of the form name@example.com", option,
                         n < 80 ? (int)n : 80, address);
    address[n] = '\0';
    if (!is_listed(addresses, address))
        addresses->address[addresses->n++] = address;
    return STATUS_OK;
}

enum status mail_addresses_parse(const char *list, const char *option,
                                 struct mail_addresses *addresses, struct error *err)
{
    enum status st = STATUS_OK;
    size_t n = strlen(list);

    *addresses = (struct mail_addresses){.owned = mem_array(n + 1, 1),
                                         .address = mem_array(n / 2 + 1, sizeof(char *))};
    if (addresses->owned == NULL || addresses->address == NULL)
        TRY(error_no_memory(err, option));
    memcpy(addresses->owned, list, n + 1);
    for (char *at = addresses->owned, *end = at + n; at <= end;) {
        size_t length = strcspn(at, ",");
        TRY(take_address(addresses, at, length, option, err));
        at += length + 1;
    }
done:
    if (st != STATUS_OK)
        mail_addresses_free(addresses);
    return st;
}

void mail_addresses_free(struct mail_addresses *addresses)
{
    free(addresses->address);
    free(addresses->owned);
    *addresses = (struct mail_addresses){0};
}
