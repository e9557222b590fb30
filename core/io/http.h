/* Http: requests to web servers, behind function pointers that a test can replace. http_send.h adds
 * retries.
 *
 * `attempt` sends one request and follows redirects.
 *
 * TLS 1.2 or later. Unless skip_verify is set, the server must have a valid certificate (of the
 * certificate authorities of ca_certs, else of SSL_CERT_DIR and of SSL_CERT_FILE or the bundle of
 * the distribution).
 * A redirect from https to http is rejected, wherever it is in a chain of redirects. A redirect to
 * another host gets neither user and password nor the headers Authorization and Cookie, but all
 * other headers. Any thread may send. */
#pragma once

#include "cancel.h"
#include "clock.h"
#include "vec.h"

typedef enum HttpStatus {
    HTTP_DONE,         /* a response arrived, with any code */
    HTTP_UNKNOWN_NAME, /* the host name has no address */
    HTTP_NO_CONNECTION,
    HTTP_BAD_CERTIFICATE, /* of the server or of the client, or the TLS handshake failed */
    HTTP_TIMED_OUT,
    HTTP_LOST,      /* the connection broke, or another failure of the transfer */
    HTTP_TOO_LARGE, /* more bytes than the limit of the request */
    HTTP_TOO_MANY_REDIRECTS,
    HTTP_REFUSED_URL, /* malformed, neither http nor https, or a redirect from https to http; or a
                         header that would add lines to the request */
    HTTP_NOT_KEPT,    /* the sink failed to store the body */
    HTTP_NO_CLIENT,   /* the plugin with the client cannot be loaded */
    HTTP_CANCELLED,
} HttpStatus;

typedef struct HttpHeader {
    Str name; /* in lower case in a response */
    Str value;
} HttpHeader;

typedef VEC(HttpHeader) HttpHeaders;

/* Connections that stay open between requests, for a client that sends many to one server. Any
 * thread may use it: a request takes a connection that no other request uses, else opens one. */
typedef struct HttpPool HttpPool;

typedef struct HttpRequest {
    Str method; /* empty: GET */
    Str url;
    HttpHeaders headers;
    Str body;
    Str user; /* for basic authentication */
    Str password;
    Str ca_certs;    /* PEM: the only accepted certificate authorities; empty: the system's */
    Str certificate; /* PEM: client certificate, with its key */
    Str key;
    bool skip_verify;
    Str server_name;     /* name in the server's certificate; empty: the host of the URL */
    Str proxy;           /* URL; empty: from the environment variables */
    Str no_proxy;        /* with a proxy: hosts that bypass it, separated by commas. "*": no proxy,
                            whatever the environment says */
    bool wants_repeated; /* the body of a failure may repeat the credentials; see http_send */
    bool accepts_gzip; /* the server may compress the response; the sink receives it decompressed */
    HttpPool *pool;    /* NULL: the connection is closed after the response */
    bool only_connects;         /* for https: send no request, only get the server's certificates */
    int redirect_limit;         /* 0: 10; negative: redirects are not followed */
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t idle_timeout_ms;    /* limit for the time below `least_rate`; 0: 60 s */
    int64_t least_rate;         /* bytes per second; 0: 100 */
    int64_t timeout_ms;         /* for the whole attempt; 0: none */
    uint64_t body_limit;        /* bytes of the response body; 0: 16 MiB */
    uint32_t retries;           /* attempts after the first */
    int64_t retry_wait_ms;      /* before the first retry; doubles with each retry; 0: 1 s */
    int64_t retry_wait_max_ms;  /* maximum of each wait; 0: 30 s */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* level that stops the request; CANCEL_NONE means CANCEL_STOP */
} HttpRequest;

typedef struct HttpResponse {
    int code;            /* 200; 0: no response arrived */
    HttpHeaders headers; /* of the last response */
    Str body;            /* empty after http_send_to_file */
    Str url;             /* after all redirects */
    StrVec certificates; /* with only_connects: PEM, the server's certificate first */
    uint32_t attempts;   /* if more than one, an earlier attempt may have taken effect too */
} HttpResponse;

/* Receives the body of the response; a negative errno ends the attempt. */
typedef struct HttpSink {
    int (*write)(void *payload, Str piece);
    void *payload;
} HttpSink;

typedef struct Http {
    void *self;
    /* Sends one request. `*problem` is the end of a sentence, unchanged if HTTP_DONE.
     * response->body stays empty. */
    HttpStatus (*attempt)(void *self, const HttpRequest *request, const HttpSink *sink,
                          HttpResponse *response, Str *problem, Arena *arena);
    /* Both may be NULL: then no connection stays open. open_pool returns NULL on failure. */
    HttpPool *(*open_pool)(void *self);
    void (*close_pool)(void *self, HttpPool *pool);
} Http;

/* Returns false for a name or value that is not one line of a request (RFC 9110). */
bool http_header_is_valid(Str name, Str value);
void http_add_header(HttpHeaders *headers, const char *name, Str value, Arena *arena);
/* Returns true if the token has reached the level cancel_at. */
bool http_is_cancelled(const HttpRequest *request);
/* Returns the header of this name (in lower case); empty if there is none. */
Str http_header(const HttpResponse *response, const char *name);

/* Returns the wait that the header Retry-After asks for, a number of seconds or a date; negative if
 * it is absent or invalid. */
int64_t http_retry_after_ms(const HttpResponse *response, const Clock *clock);
/* Sleeps until the time is over or the request is cancelled. */
void http_pause(const HttpRequest *request, int64_t wait_ms, const Clock *clock);

/* Its first use loads the plugin, because loading its libraries would slow down every start. */
extern const Http http_real;
#define HTTP_PLUGIN "loam-curl.so" /* exports the symbol curl_http */
