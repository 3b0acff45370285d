/* Signals that ask to stop. A handler may do little but set a flag, and the flag is the one
 * mutable global of the program: nothing else reaches a handler. SA_RESTART, because a file
 * that is being written should not fail with EINTR; what waits for the network waits in poll,
 * which a signal ends all the same. SIGINT's handler is good for once, so that the second
 * Ctrl-C ends the program as it always does. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t requested;

static void request(int signal_number)
{
    (void)signal_number;
    requested = 1;
}

void stop_listen(void)
{
    static const int HEARD[] = {SIGTERM, SIGUSR1, SIGINT};

    for (size_t i = 0; i < sizeof HEARD / sizeof *HEARD; i++) {
        struct sigaction action = {.sa_handler = request};
        struct sigaction old = {.sa_handler = SIG_DFL};

        action.sa_flags = SA_RESTART | (HEARD[i] == SIGINT ? (int)SA_RESETHAND : 0);
        sigemptyset(&action.sa_mask);
        /* Whoever started us with a signal ignored (nohup, a shell's "&") wants it ignored. */
        if (sigaction(HEARD[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(HEARD[i], &action, NULL);
    }
}

bool stop_requested(void)
{
    return requested != 0;
}
