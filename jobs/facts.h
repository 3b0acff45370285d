#ifndef TIEOUT_FACTS_H
#define TIEOUT_FACTS_H

#include "claims.h"
#include "results_read.h"
#include "sha256.h"
#include "status.h"

#include <cjson/cJSON.h>

/* The facts sheet of a finding: all that a language model is told of it, and all that its reply
 * may say in digits. */
struct facts {
    cJSON *sheet;   /* an object of named facts: numbers, texts, null where unknown */
    char *text;     /* the sheet in one line of JSON, UTF-8 */
    size_t n_claim; /* of the sheet: its numbers, and what stands in its texts */
    struct claim *claim;
};

/* The sheet of finding i. *out is produced; free with facts_free. STATUS_INTERNAL if memory is
 * short. */
enum status facts_make(const struct findings *findings, size_t i, struct facts *out,
                       struct error *err);
void facts_free(struct facts *facts); /* leaves nothing */

/* Whether the facts bear out what is claimed. A number may be rounded, by 5 % at most above
 * its units, and lack its sign: 1,234,567.89 bears out 1,234,568 and 1.2 million. A date may lack its day or year, and
 * a year may stand alone. A word, or a number out of a text, must be the same. */
bool facts_bear_out(const struct facts *facts, const struct claim *claim);

/* A hash of the facts, the rules that the reply is asked and checked by (model_prompt.h), and the
 * model: as long as it is the same, so is what would be asked. */
enum status facts_key(const struct facts *facts, int rules, const char *model,
                      char key[SHA256_HEX], struct error *err);

/* The share of a feature of the model in all that sets the finding apart, 0 to 1; 0 for one that
 * does not depart by itself. */
double facts_driver_share(const struct findings *findings, const struct finding *finding,
                          size_t feature);

/* What a feature of the model means, in a few words; "" if the profile is not ours. */
const char *facts_feature_meaning(const struct findings *findings, size_t feature);

#endif
