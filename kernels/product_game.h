#ifndef TIEOUT_PRODUCT_GAME_H
#define TIEOUT_PRODUCT_GAME_H

enum { PRODUCT_GAME_PLAYERS = 30 };

/* One player: what it multiplies the game's worth by when it takes part and when it does not. */
struct player {
    double with;
    double without;
};

/* Shapley values of the game in which a set of players is worth the product of everybody's
 * factors times worth. Factors and worth are not negative; n <= PRODUCT_GAME_PLAYERS.
 * value[n] out; their sum is worth * (product of with - product of without). */
void product_game_solve(const struct player *player, int n, double worth, double *value);

#endif
