/* The expected share of anomalies, as the documented pipeline estimates it. */
#include "contamination.h"

#include "exact_sum.h"

#include <math.h>

void contamination_add_amounts(const struct row *row, size_t n, struct exact_sum *sum)
{
    for (size_t i = 0; i < n; i++)
        exact_sum_add(sum, fabs(row[i].difference));
}

void contamination_add_squares(const struct row *row, size_t n, double mean,
                               struct exact_sum *sum)
{
    for (size_t i = 0; i < n; i++) {
        double off = fabs(row[i].difference) - mean;
        exact_sum_add(sum, off * off);
    }
}

double contamination_threshold(double mean, double squares, int64_t n_row)
{
    return n_row > 1 ? mean + 3 * sqrt(squares / (double)(n_row - 1)) : NAN;
}

int64_t contamination_count(const struct row *row, size_t n, double threshold)
{
    int64_t n_beyond = 0;

    for (size_t i = 0; i < n; i++)
        n_beyond += fabs(row[i].difference) > threshold;
    return n_beyond;
}

double contamination_share(int64_t n_beyond, int64_t n_row)
{
    double share = (double)n_beyond / (double)n_row;

    return share < CONTAMINATION_LEAST  ? CONTAMINATION_LEAST
           : share > CONTAMINATION_MOST ? CONTAMINATION_MOST
                                        : share;
}

double contamination_follow(double estimate, int64_t n_confirmed, int64_t n_rejected,
                            double least)
{
    double confirmed = (double)n_confirmed + CONTAMINATION_PRIOR;
    double share = estimate * confirmed / (confirmed + (double)n_rejected);

    return fmin(fmax(share, least), estimate);
}
