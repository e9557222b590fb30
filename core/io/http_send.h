/* http_send: sends a request, with retries.
 *
 * Retries, up to `retries` times and for any method, after 429, 5xx (except 501) and lost or failed
 * connections. The wait doubles with each retry. If the server asks for a longer wait, that
 * applies, up to a maximum. */
#pragma once

#include "io.h"

/* Whether another attempt may have another result. */
bool http_send_may_help(HttpStatus status, int code);
/* Sends with retries and reads the whole body into memory. Unless HTTP_DONE, `*problem` is the end
 * of a sentence ("connection refused"). A cancelled wait leaves `*response` unchanged.
 *
 * Messages quote the body of a failure (400 and more), and some servers repeat the request in it.
 * Unless the request `wants_repeated`, "(sensitive value)" stands there for its password, the
 * secrets of its URL and the values of headers with the names of secrets (log_is_secret_name). */
HttpStatus http_send(const Io *io, const HttpRequest *request, HttpResponse *response, Str *problem,
                     Arena *arena);
/* Sends once and passes the body to the sink in the pieces that arrive, whatever the HTTP status.
 * Without HTTP_DONE, the response may still have a code. */
HttpStatus http_send_to_sink(const Io *io, const HttpRequest *request, const HttpSink *sink,
                             HttpResponse *response, Str *problem, Arena *arena);
/* Same as http_send, but writes the body into the file, whatever the HTTP status. An existing file
 * is truncated first; a failed transfer leaves a partial one. */
HttpStatus http_send_to_file(const Io *io, const HttpRequest *request, Str path,
                             HttpResponse *response, Str *problem, Arena *arena);
