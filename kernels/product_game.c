/* Shapley values of a game that is a product of the players' factors.
 *
 * Let every other player join at a random time, uniform in [0, 1]: at time t a player's factor is
 * on average without (1 - t) + with t, and a Shapley value is the integral over t of the product
 * of the others' factors, times what joining changes, with - without. The integrand is a
 * polynomial of lower degree than the number of players, so a Gauss rule of half as many points
 * is exact. No factor is negative and nothing is divided: the product of the others is that of
 * those before times that of those after, so nothing cancels however many players there are. */
#include "product_game.h"

#include <assert.h>

/* Points are taken LANES at a time. A rule of fewer ends in points of no weight. */
enum { LANES = 4, MAX_POINTS = 16 };

/* Gauss-Legendre on [0, 1]: n points are exact for polynomials of degree 2n - 1. The numbers are
 * those of 50-digit arithmetic, rounded. */
struct rule {
    int n_point;
    double at[MAX_POINTS];
    double weight[MAX_POINTS];
};

static const struct rule RULE[] = {
    {4,
     {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263},
     {0.17392742256872692, 0.32607257743127305, 0.32607257743127305, 0.17392742256872692}},
    {8,
     {0.019855071751231884, 0.10166676129318664, 0.2372337950418355, 0.4082826787521751,
      0.591717321247825, 0.7627662049581645, 0.8983332387068134, 0.9801449282487681},
     {0.05061426814518813, 0.11119051722668724, 0.15685332293894363, 0.181341891689181,
      0.181341891689181, 0.15685332293894363, 0.11119051722668724, 0.05061426814518813}},
    {15,
     {0.006003740989757286, 0.031363303799647045, 0.0758967082947864, 0.13779113431991497,
      0.21451391369573058, 0.3029243264612183, 0.39940295300128276, 0.5, 0.6005970469987173,
      0.6970756735387816, 0.7854860863042694, 0.862208865680085, 0.9241032917052137,
      0.968636696200353, 0.9939962590102427},
     {0.015376620998058635, 0.03518302374405406, 0.05357961023358597, 0.06978533896307716,
      0.08313460290849696, 0.0930805000077811, 0.09921574266355579, 0.10128912096278064,
      0.09921574266355579, 0.0930805000077811, 0.08313460290849696, 0.06978533896307716,
      0.05357961023358597, 0.03518302374405406, 0.015376620998058635}},
};

/* The smallest rule that is exact; with n players the degree is n - 1. */
static const struct rule *choose_rule(int n)
{
    const struct rule *rule = RULE;

    while (2 * rule->n_point < n)
        rule++;
    return rule;
}

/* Adds what LANES points of the rule give. */
static void add_points(const struct player *player, int n, const double *at,
                       const double *weight, double worth, double *value)
{
    double factor[PRODUCT_GAME_PLAYERS][LANES];
    double before[PRODUCT_GAME_PLAYERS][LANES];
    double product[LANES];

    for (int q = 0; q < LANES; q++)
        product[q] = worth * weight[q];
    for (int i = 0; i < n; i++)
        for (int q = 0; q < LANES; q++) {
            factor[i][q] = player[i].without + (player[i].with - player[i].without) * at[q];
            before[i][q] = product[q];
            product[q] *= factor[i][q];
        }
    for (int q = 0; q < LANES; q++)
        product[q] = 1;
    for (int i = n - 1; i >= 0; i--) {
        double term[LANES];
        for (int q = 0; q < LANES; q++)
            term[q] = before[i][q] * product[q];
        for (int q = 0; q < LANES; q++)
            product[q] *= factor[i][q];
        value[player[i].account] +=
            (player[i].with - player[i].without) * ((term[0] + term[2]) + (term[1] + term[3]));
    }
}

void product_game_add(const struct player *player, int n, double worth, double *value)
{
    assert(n <= PRODUCT_GAME_PLAYERS);
    const struct rule *rule = choose_rule(n);

    for (int q = 0; q < rule->n_point; q += LANES)
        add_points(player, n, rule->at + q, rule->weight + q, worth, value);
}
