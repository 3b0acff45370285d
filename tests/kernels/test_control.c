/* The completeness control must notice what is lost: a row, or a figure's last decimal. */
#include "control.h"
#include "suite.h"

#include <string.h>

/* One row to one part; NULL is an amount that could not be read. */
static void add(struct control *control, enum control_part part, const char *gl,
                const char *ihub, const char *difference)
{
    const char *const text[N_CONTROL_COLUMN] = {gl, ihub, difference};
    struct number number[N_CONTROL_COLUMN];

    for (int c = 0; c < N_CONTROL_COLUMN; c++) {
        number[c] = (struct number){.value = 0};
        if (text[c] != NULL)
            CU_ASSERT_TRUE(number_read(text[c], strlen(text[c]), '.', &number[c]));
    }
    control_add(control, part, number);
}

/* Three rows read, of which the second is rejected. */
static struct control make_control(void)
{
    struct control control = {.n_row = {0}};

    add(&control, CONTROL_READ, "0.1", "(5)", NULL);
    add(&control, CONTROL_KEPT, "0.1", "(5)", NULL);
    add(&control, CONTROL_READ, "0.2", "1e-15", "7");
    add(&control, CONTROL_REJECTED, "0.2", "1e-15", "7");
    add(&control, CONTROL_READ, "1,000", "-", "-.5");
    add(&control, CONTROL_KEPT, "1,000", "-", "-.5");
    return control;
}

static void what_is_kept_or_rejected_adds_up(void)
{
    struct control control = make_control(), twice = make_control();
    char text[DECIMAL_TEXT];

    control_normalise(&control);
    CU_ASSERT_TRUE(control_adds_up(&control));
    control_merge(&twice, &control);
    control_normalise(&twice);
    CU_ASSERT_TRUE(control_adds_up(&twice));
    CU_ASSERT_EQUAL(twice.n_row[CONTROL_READ], 6);
    decimal_sum_format(&twice.sum[CONTROL_READ][CONTROL_IHUB], text);
    CU_ASSERT_STRING_EQUAL(text, "-9.999999999999998");
}

static void a_lost_row_or_figure_does_not(void)
{
    for (int part = 0; part < N_CONTROL_PART; part++) {
        struct control row = make_control(), figure = make_control();
        row.n_row[part]++;
        control_normalise(&row);
        CU_ASSERT_FALSE(control_adds_up(&row));
        add(&figure, (enum control_part)part, NULL, NULL, "0.000000000000001");
        figure.n_row[part]--;
        control_normalise(&figure);
        CU_ASSERT_FALSE(control_adds_up(&figure));
    }
}

int main(void)
{
    static const struct fact fact[] = {
        {"what is kept or rejected adds up", what_is_kept_or_rejected_adds_up},
        {"a lost row or figure does not", a_lost_row_or_figure_does_not},
    };

    return suite_run("control", fact, sizeof fact / sizeof fact[0]);
}
