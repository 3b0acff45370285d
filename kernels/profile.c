/* The table of profiles. */
#include "profile.h"

const struct profile *profile_get(enum profile_number number)
{
    static const struct profile table[N_PROFILE] = {
        [PROFILE_CLASSIC] = {"classic", KEY_CLASSIC, N_CLASSIC, CLASSIC_LABEL,
                             features_classic},
    };

    return &table[number];
}
