/* SIGINT and SIGTERM become levels of the stop token. */
#include "signals.h"
#include "terminal.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static void wait_for_signals(void *payload) {
    CancelToken *token = payload;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    int number;
    if (sigwait(&set, &number) != 0)
        return;
    terminal_err(
        STR("\nStopping: nothing new begins, what is in flight comes to its end and is saved. A "
            "second interrupt waits no longer than 5 seconds.\n"));
    cancel_raise(token, CANCEL_STOP);
    if (sigwait(&set, &number) != 0)
        return;
    cancel_raise(token, CANCEL_NOW);
    terminal_err(
        STR("\nStopping now. Operations whose outcome is not known are in the journal; the next "
            "run looks after them.\n"));
    sleep(5);
    _exit(1); /* every outcome that is known is in the journal already */
}

void signals_start(CancelToken *token) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    Thread *thread = thread_start(THREAD_SIGNAL, wait_for_signals, token);
    if (thread)
        thread_abandon(thread);
}
