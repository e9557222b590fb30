/* key_server: requests of key providers to a server that keeps a master key: it makes, encrypts or
 * decrypts data keys.
 *
 * The URL must be https, or http to this computer. No redirect is followed, because requests carry
 * tokens and keys. Lost connections and the statuses 429 and 5xx are retried.
 *
 * A request or response may hold a data key, so neither is quoted in errors or the log: an error
 * has the key provider, the operation, the master key and the HTTP status. */
#pragma once

#include "key_provider.h"
#include "record.h"

/* Sentence: what the user should check after a status. */
typedef struct KeyServerHint {
    int code; /* 0 ends a table */
    const char *text;
} KeyServerHint;

typedef struct KeyServerCall {
    const KeyRequest *request;
    const char *operation; /* "encrypt", for errors and the log */
    Str key;               /* name of the master key, for errors */
    /* Without URL and body limits, redirects, retries and timeouts. The body is wiped. */
    HttpRequest http;
    const char *id_header;      /* of the response, with the request's ID for the log; NULL: none */
    const KeyServerHint *hints; /* of single statuses; NULL: none */
    const char *hint;           /* of each other status from 400 to 499 */
    /* Signs and sends, like http_send; NULL: http_send. */
    HttpStatus (*send)(void *self, const HttpRequest *http, HttpResponse *out, Str *problem,
                       Arena *arena);
    void *self;
} KeyServerCall;

/* Sends, and reads the JSON object of the response into *out. Members of type ROW_TEXT are copied,
 * and the response is wiped; keys in *out are the caller's. Any other status than 200 fails. */
MUST_USE bool key_server_send(const KeyServerCall *call, const Record *record, void *out,
                              Arena *arena, Diags *diags);
/* Check of an argument: a data key's length of 1 to 1024 bytes. */
Str key_server_check_length(Value value, Arena *arena);
/* Reports that the response to `call` is not usable; `why` ends the sentence. Returns false. */
bool key_server_report(const KeyServerCall *call, const char *why, Diags *diags);
