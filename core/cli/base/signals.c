/* Turns SIGINT, SIGTERM and SIGHUP into levels of the cancel token. */
#include "signals.h"
#include "log.h"
#include "terminal.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* Programs that end others (timeout, service managers, terminals) may send one signal twice, or two
 * different signals, at once. Signals within this time count as one. */
#define SAME_SIGNAL_MS 500

struct Signals {
    Arena *arena; /* holds this struct; lives as long as the thread */
    CancelToken *token;
    sigset_t set;
    pthread_mutex_t mutex; /* guards the members below */
    SignalsSpeaker *speak;
    void *payload;
};

static void signals_speak(Signals *signals, Str text) {
    LOCKED(&signals->mutex);
    if (signals->speak)
        signals->speak(signals->payload, text);
    else
        terminal_err(text);
}

static void wait_for_signals(void *payload) {
    Signals *signals = payload;
    const sigset_t set = signals->set;
    int number;
    if (sigwait(&set, &number) != 0)
        return;
    signals_speak(signals,
                  STR("\n"
                      "Stopping: loam starts no new operation, waits for the running ones and "
                      "saves their results.\n"
                      "After a second interrupt, loam waits at most 5 seconds.\n"));
    cancel_raise(signals->token, CANCEL_STOP);
    int64_t first_ms = log_monotonic_ms();
    do {
        if (sigwait(&set, &number) != 0)
            return;
    } while (log_monotonic_ms() - first_ms < SAME_SIGNAL_MS);
    cancel_raise(signals->token, CANCEL_NOW);
    signals_speak(signals,
                  STR("\n"
                      "Stopping now. The journal records the operations without a known outcome;\n"
                      "the next run recovers them.\n"));
    sleep(5);
    _exit(1); /* the journal already has every known outcome */
}

bool signals_say(Signals *signals, Str text) {
    if (!signals)
        return false;
    LOCKED(&signals->mutex);
    if (signals->speak)
        signals->speak(signals->payload, text);
    return signals->speak != NULL;
}

/* Under nohup SIGHUP is ignored and must stay ignored, but sigwait would receive it. */
static bool is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

Signals *signals_start(CancelToken *token) {
    Arena *arena = arena_open("signals");
    Signals *signals = arena_new(arena, Signals);
    signals->arena = arena;
    sigemptyset(&signals->set);
    sigaddset(&signals->set, SIGINT);
    sigaddset(&signals->set, SIGTERM);
    if (!is_ignored(SIGHUP))
        sigaddset(&signals->set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals->set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    signals->token = token;
    pthread_mutex_init(&signals->mutex, NULL);
    Thread *thread = thread_start(THREAD_SIGNAL, wait_for_signals, signals);
    if (thread)
        thread_abandon(thread);
    return signals;
}

void signals_set_speaker(Signals *signals, SignalsSpeaker *speaker, void *payload) {
    if (!signals)
        return;
    LOCKED(&signals->mutex);
    signals->speak = speaker;
    signals->payload = payload;
}
