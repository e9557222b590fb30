/* callback_listener: a web server on loopback that waits for one request: the redirect with which a
 * browser ends a login.
 *
 * Any program of this machine can connect, so the caller decides which query to accept, by a secret
 * in it. Requests have at most 16 KiB; the oldest of many open connections is closed. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef struct CallbackListener {
    int fd; /* 0: closed */
    uint16_t port;
} CallbackListener;

/* Listens on 127.0.0.1 at a free port of the range, by chance. Returns 0 or a negative errno. */
int callback_listener_open(uint16_t first_port, uint16_t last_port, CallbackListener *out);
/* The request that the listener waits for. */
typedef struct CallbackRequest {
    Str path;
    bool (*accepts)(void *payload, Str query);
    void *payload;
    Str page; /* text of the answer */
} CallbackRequest;

/* Waits for a GET request of the path whose query is accepted, and answers it; other requests get
 * an error. Returns 0, or -ECANCELED after the token was raised. */
int callback_listener_wait(const CallbackListener *listener, const CallbackRequest *wanted,
                           const CancelToken *cancel, Str *query, Arena *arena);
void callback_listener_close(CallbackListener *listener);
SCOPED_TYPE(CallbackListener, callback_listener_close);
