/* The completeness control: the same amounts summed when they are read and again where it is
 * decided what becomes of their row, so that a row that gets lost on the way shows. Sums are
 * kept per currency, since nobody can check a sum over several. */
#include "control.h"

void control_add(struct control *control, enum control_part part,
                 const struct number number[N_CONTROL_COLUMN])
{
    control->n_row[part]++;
    for (int c = 0; c < N_CONTROL_COLUMN; c++)
        decimal_sum_add(&control->sum[part][c], &number[c]);
}

void control_merge(struct control *control, const struct control *other)
{
    for (int part = 0; part < N_CONTROL_PART; part++) {
        control->n_row[part] += other->n_row[part];
        for (int c = 0; c < N_CONTROL_COLUMN; c++)
            decimal_sum_merge(&control->sum[part][c], &other->sum[part][c]);
    }
}

void control_normalise(struct control *control)
{
    for (int part = 0; part < N_CONTROL_PART; part++)
        for (int c = 0; c < N_CONTROL_COLUMN; c++)
            decimal_sum_normalise(&control->sum[part][c]);
}

bool control_adds_up(const struct control *control)
{
    const int64_t *n = control->n_row;
    bool adds_up = n[CONTROL_READ] == n[CONTROL_KEPT] + n[CONTROL_REJECTED];

    for (int c = 0; c < N_CONTROL_COLUMN; c++)
        adds_up = adds_up && decimal_sum_adds_up(&control->sum[CONTROL_READ][c],
                                                 &control->sum[CONTROL_KEPT][c],
                                                 &control->sum[CONTROL_REJECTED][c]);
    return adds_up;
}
