#ifndef TIEOUT_PRODUCT_GAME_H
#define TIEOUT_PRODUCT_GAME_H

#include <stddef.h>

enum { PRODUCT_GAME_PLAYERS = 30 };

/* One player: what it multiplies the game's worth by when it takes part and when it does not. */
struct player {
    double with;
    double without;
    size_t account; /* which value it adds to */
};

/* Adds the Shapley values of the game in which a set of players is worth the product of
 * everybody's factors times worth. Factors and worth are not negative; n <=
 * PRODUCT_GAME_PLAYERS. What is added sums to worth * (product of with - product of without).
 * value[account] in and out */
void product_game_add(const struct player *player, int n, double worth, double *value);

#endif
