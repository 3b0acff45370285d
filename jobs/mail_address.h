#ifndef TIEOUT_MAIL_ADDRESS_H
#define TIEOUT_MAIL_ADDRESS_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>

/* Addresses out of a setting. */
struct mail_addresses {
    size_t n;
    char **address; /* [n], each once */
    char *owned;
};

/* Splits "anna@example.com, bob@example.com"; blanks around an address are dropped. STATUS_CONFIG
 * with a sentence that names the option and the part that is no address: local@domain in ASCII,
 * the local part without quotes. *addresses is produced, empty on failure. */
enum status mail_addresses_parse(const char *list, const char *option,
                                 struct mail_addresses *addresses, struct error *err);
void mail_addresses_free(struct mail_addresses *addresses); /* leaves none */

/* Whether text[n] is one such address. */
bool mail_address_is_valid(const char *text, size_t n);

#endif
