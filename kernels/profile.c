/* The table of profiles. */
#include "profile.h"

#include "history.h"

static size_t classic_profile(const struct row *row, const struct groups *groups,
                              double tolerance, double *const *column)
{
    (void)tolerance;
    features_classic(row, groups, column);
    return 0;
}

static unsigned all_departing(const double *feature)
{
    (void)feature;
    return (1u << N_CLASSIC) - 1;
}

const struct profile *profile_get(enum profile_number number)
{
    static const unsigned whole_history[] = {(1u << N_HISTORY) - 1, 0};
    static const unsigned classic_halves[] = {CLASSIC_BALANCES, CLASSIC_OTHERS, 0};
    static const struct profile table[N_PROFILE] = {
        [PROFILE_HISTORY] = {"history", KEY_CLASSIC | 1 << CODE_CURRENCY, N_HISTORY,
                             HISTORY_LABEL, features_history, whole_history, history_departing,
                             true},
        [PROFILE_CLASSIC] = {"classic", KEY_CLASSIC, N_CLASSIC, CLASSIC_LABEL, classic_profile,
                             classic_halves, all_departing, false},
    };

    return &table[number];
}
