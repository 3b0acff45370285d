#ifndef TIEOUT_SCORE_TILE_H
#define TIEOUT_SCORE_TILE_H

#include <math.h>

/* What the packed forms of a forest share: the block of rows they take through each tree, and
 * how a threshold is stored. A tile is feature-major: value[feature * stride + row]. Rows up to
 * the next multiple of SCORE_LANES are there to be read; what they give is not used. */
enum {
    SCORE_LANES = 16,      /* rows of a tile come in multiples of this */
    SCORE_TILE_ROWS = 512, /* at most; a multiple of SCORE_LANES */
    SCORE_TILE_VALUES = 16384
};

/* Largest float not above threshold: a float x is <= threshold in double exactly when it is <=
 * this. */
static inline float score_threshold(double threshold)
{
    float rounded = (float)threshold;

    return (double)rounded > threshold ? nextafterf(rounded, -INFINITY) : rounded;
}

#endif
