/* WebServer: a thread that answers GET and HEAD requests on one address by texts. It has no TLS, so
 * it must show nothing that needs protection. */
#pragma once

#include "str.h"

typedef struct WebAnswer {
    unsigned code;    /* 200 */
    const char *type; /* of the text; NULL: plain text */
    Str text;
} WebAnswer;

typedef struct WebServerOptions {
    Str address; /* "IPv4:PORT", "[IPv6]:PORT" or ":PORT", which is every address of the machine */
    /* Called in the thread of the server; one call at a time. */
    WebAnswer (*answer)(void *payload, Str path, Arena *arena);
    void *payload;
} WebServerOptions;

typedef struct WebServer WebServer;

/* Returns NULL if the address cannot be served; *problem is then a sentence. */
WebServer *web_server_open(const WebServerOptions *options, Str *problem, Arena *arena);
void web_server_close(WebServer *server); /* NULL: does nothing */
