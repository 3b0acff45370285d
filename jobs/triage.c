/* Which findings come first where not all can have a ticket or a task of their own. */
#include "triage.h"

#include "mem.h"
#include "sha256.h"

#include <stdlib.h>
#include <string.h>

enum severity triage_severity(const struct finding *finding)
{
    for (int s = SEVERITY_LOW; s < N_SEVERITY; s++)
        if (strcmp(finding->severity, severity_name((enum severity)s)) == 0)
            return (enum severity)s;
    return SEVERITY_LOW;
}

static enum status check_ids(const struct findings *findings, struct error *err)
{
    for (size_t i = 0; i < findings->n; i++) {
        const char *id = findings->finding[i].id;
        if (strlen(id) != RESULTS_ID - 1 || strspn(id, "0123456789abcdef") != RESULTS_ID - 1)
            return error_set(err, STATUS_DATA,
                             "the results' anomaly %zu has an id that tieout does not give: "
                             "make the results again",
                             i + 1);
    }
    return STATUS_OK;
}

/* Findings come most anomalous first, so taking them severity by severity keeps that order. */
enum status triage_order(const struct findings *findings, size_t **order, struct error *err)
{
    size_t *by_urgency = NULL, n = 0;
    enum status st = STATUS_OK;

    TRY(check_ids(findings, err));
    by_urgency = mem_array(findings->n, sizeof *by_urgency);
    if (by_urgency == NULL)
        TRY(error_no_memory(err, "the order of the anomalies"));
    for (int severity = N_SEVERITY - 1; severity >= 0; severity--)
        for (size_t i = 0; i < findings->n; i++)
            if ((int)triage_severity(&findings->finding[i]) == severity)
                by_urgency[n++] = i;
    *order = by_urgency;
done:
    return st;
}

static int compare_ids(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

enum status triage_key(const struct findings *findings, char key[TRIAGE_KEY], struct error *err)
{
    const char **id = mem_array(findings->n, sizeof *id);
    struct sha256 *sha = NULL;
    unsigned char hash[SHA256_BYTES];
    char hex[SHA256_HEX];
    enum status st = STATUS_OK;

    if (id == NULL)
        TRY(error_no_memory(err, "the anomalies' ids"));
    for (size_t i = 0; i < findings->n; i++)
        id[i] = findings->finding[i].id;
    qsort(id, findings->n, sizeof *id, compare_ids);
    TRY(sha256_create(&sha, err));
    for (size_t i = 0; i < findings->n; i++)
        sha256_add_text(sha, id[i], strlen(id[i]));
    TRY(sha256_finish(sha, hash, err));
    sha256_format(hash, hex);
    memcpy(key, hex, TRIAGE_KEY - 1);
    key[TRIAGE_KEY - 1] = '\0';
done:
    sha256_free(sha);
    free(id);
    return st;
}
