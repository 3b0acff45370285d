/* stop.h, each case in a child process of its own, as signals belong to the process. */
#include "stop.h"

#include "suite.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALL_IS_WELL = 3 };

/* Runs check in a child; its wait status. */
static int in_child(bool (*check)(void))
{
    int state = 0;
    pid_t child = fork();

    CU_ASSERT_FATAL(child >= 0);
    if (child == 0)
        _exit(check() ? ALL_IS_WELL : 0);
    CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
    return state;
}

static bool was_well(int state)
{
    return WIFEXITED(state) && WEXITSTATUS(state) == ALL_IS_WELL;
}

static bool asks(int signal_number)
{
    stop_listen();
    if (stop_requested())
        return false;
    raise(signal_number);
    return stop_requested();
}

static bool term_asks(void)
{
    return asks(SIGTERM);
}

static bool user_signal_asks(void)
{
    return asks(SIGUSR1);
}

static bool interrupt_asks(void)
{
    return asks(SIGINT);
}

static bool second_interrupt(void)
{
    stop_listen();
    raise(SIGINT);
    raise(SIGINT);
    return true;
}

static bool many_terms(void)
{
    stop_listen();
    for (int i = 0; i < 100; i++)
        raise(i % 2 ? SIGTERM : SIGUSR1);
    return stop_requested();
}

static bool an_ignored_one_stays_ignored(void)
{
    signal(SIGINT, SIG_IGN);
    stop_listen();
    raise(SIGINT);
    raise(SIGINT);
    return !stop_requested();
}

/* What waits for the network is woken: the alarm would end the child if it were not. */
static bool poll_is_woken(void)
{
    pid_t parent = getpid();

    stop_listen();
    alarm(20);
    pid_t child = fork();
    if (child == 0) {
        while (kill(parent, SIGTERM) == 0 && poll(NULL, 0, 10) == 0)
            continue;
        _exit(0);
    }
    int woken = poll(NULL, 0, -1);
    bool well = woken < 0 && errno == EINTR && stop_requested();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return well;
}

static void each_of_the_three_asks(void)
{
    CU_ASSERT(was_well(in_child(term_asks)));
    CU_ASSERT(was_well(in_child(user_signal_asks)));
    CU_ASSERT(was_well(in_child(interrupt_asks)));
    CU_ASSERT(was_well(in_child(many_terms)));
}

static void the_second_interrupt_ends(void)
{
    int state = in_child(second_interrupt);

    CU_ASSERT(WIFSIGNALED(state) && WTERMSIG(state) == SIGINT);
}

static void ignored_signals_stay_ignored(void)
{
    CU_ASSERT(was_well(in_child(an_ignored_one_stays_ignored)));
}

static void waiting_is_cut_short(void)
{
    CU_ASSERT(was_well(in_child(poll_is_woken)));
}

int main(void)
{
    static const struct fact FACT[] = {
        {"SIGTERM, SIGUSR1 and SIGINT ask to stop, however often", each_of_the_three_asks},
        {"the second SIGINT ends at once", the_second_interrupt_ends},
        {"a signal that was ignored stays ignored", ignored_signals_stay_ignored},
        {"waiting in poll is cut short", waiting_is_cut_short},
    };
    return suite_run("stop", FACT, sizeof FACT / sizeof *FACT);
}
