/* SIGINT and SIGTERM become levels of the stop token. */
#include "signals.h"
#include "terminal.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct Signals {
    Arena *arena; /* where it lives, as long as its thread */
    CancelToken *token;
    pthread_mutex_t mutex; /* of what follows */
    SignalsSpeaker *speak;
    void *payload;
};

static void speak(Signals *signals, Str text) {
    pthread_mutex_lock(&signals->mutex);
    if (signals->speak)
        signals->speak(signals->payload, text);
    else
        terminal_err(text);
    pthread_mutex_unlock(&signals->mutex);
}

static void wait_for_signals(void *payload) {
    Signals *signals = payload;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    int number;
    if (sigwait(&set, &number) != 0)
        return;
    speak(signals,
          STR("\nStopping: nothing new begins, what is in flight comes to its end and is saved.\n"
              "A second interrupt waits no longer than 5 seconds.\n"));
    cancel_raise(signals->token, CANCEL_STOP);
    if (sigwait(&set, &number) != 0)
        return;
    cancel_raise(signals->token, CANCEL_NOW);
    speak(signals, STR("\nStopping now. Operations whose outcome is not known are in the journal;\n"
                       "the next run looks after them.\n"));
    sleep(5);
    _exit(1); /* every outcome that is known is in the journal already */
}

Signals *signals_start(CancelToken *token) {
    Arena *arena = arena_open("signals");
    Signals *signals = arena_new(arena, Signals);
    signals->arena = arena;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
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
    pthread_mutex_lock(&signals->mutex);
    signals->speak = speaker;
    signals->payload = payload;
    pthread_mutex_unlock(&signals->mutex);
}
