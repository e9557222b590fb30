/* Http: requests to web servers, as one operation that a test can fake, and the patience around it.
 *
 * `attempt` is one request with its redirects. http_send tries again where that may help: on 429,
 * on 5xx and on broken connections, waiting longer each time or as long as the server asks.
 *
 * The other side must prove who it is (TLS 1.2 or later, the system's authorities or those in
 * SSL_CERT_FILE and SSL_CERT_DIR). A redirect never leads from https to http, and credentials do
 * not follow it to another host. Any thread. */
#pragma once

#include "cancel.h"
#include "vec.h"

typedef enum HttpStatus {
    HTTP_DONE,         /* an answer came, whatever its code */
    HTTP_UNKNOWN_NAME, /* the host's name has no address */
    HTTP_NO_CONNECTION,
    HTTP_BAD_CERTIFICATE, /* theirs, or ours, or no TLS came about */
    HTTP_TIMED_OUT,
    HTTP_LOST,      /* broke off */
    HTTP_TOO_LARGE, /* more than the limit of the request */
    HTTP_TOO_MANY_REDIRECTS,
    HTTP_REFUSED_URL, /* neither http nor https, or a redirect out of https */
    HTTP_NOT_KEPT,    /* the sink did not take it */
    HTTP_NO_CLIENT,   /* the module with the client cannot be loaded */
    HTTP_CANCELLED,
} HttpStatus;

typedef struct HttpHeader {
    Str name; /* in lower case in an answer */
    Str value;
} HttpHeader;

typedef VEC(HttpHeader) HttpHeaders;

typedef struct HttpRequest {
    Str method; /* empty: GET */
    Str url;
    HttpHeaders headers;
    Str body;
    Str user; /* basic authentication */
    Str password;
    Str authorities; /* PEM: who may vouch for the server; empty: the system's */
    Str certificate; /* PEM: ours, with its key */
    Str key;
    bool skip_verify;
    Str server_name;    /* what its certificate is for; empty: the host of the URL */
    Str proxy;          /* address; empty: what the environment says */
    Str no_proxy;       /* with a proxy: hosts that are reached without it, commas between */
    bool only_connects; /* of https: no request is sent; the server's certificates are the answer */
    int redirect_limit; /* 0: 10; negative: none is followed */
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t idle_timeout_ms;    /* less than the least rate came for so long; 0: 60 s */
    int64_t least_rate;         /* bytes a second; 0: 100 */
    int64_t timeout_ms;         /* for the whole attempt; 0: none */
    uint64_t body_limit;        /* bytes of the answer; 0: 16 MiB */
    uint32_t retries;           /* attempts after the first */
    int64_t retry_wait_ms;      /* before the first of them, then twice that …; 0: 1 s */
    int64_t retry_wait_max_ms;  /* a bound on each wait; 0: 30 s */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* CANCEL_NONE counts as CANCEL_STOP */
} HttpRequest;

typedef struct HttpResponse {
    int code;            /* 200 */
    HttpHeaders headers; /* of the last answer */
    Str body;            /* empty when it went into a file */
    Str url;             /* after all redirects */
    StrVec certificates; /* with only_connects: in PEM, the server's own first */
    uint32_t attempts;   /* more than one: an earlier one may have had its effect too */
} HttpResponse;

/* Where the answer's body goes; negative errno ends the attempt. */
typedef struct HttpSink {
    int (*write)(void *payload, Str piece);
    void *payload;
} HttpSink;

typedef struct Http {
    void *self;
    /* *problem: what the library says, with HTTP_DONE untouched. response->body stays empty. */
    HttpStatus (*attempt)(void *self,
                          const HttpRequest *request,
                          const HttpSink *sink,
                          HttpResponse *response,
                          Str *problem,
                          Arena *arena);
} Http;

struct Io;

/* The whole body in memory. *problem is a sentence's end ("connection refused") unless HTTP_DONE.
 */
HttpStatus http_send(const struct Io *io,
                     const HttpRequest *request,
                     HttpResponse *response,
                     Str *problem,
                     Arena *arena);
/* The body into a new file (an old one is replaced). */
HttpStatus http_download(const struct Io *io,
                         const HttpRequest *request,
                         Str path,
                         HttpResponse *response,
                         Str *problem,
                         Arena *arena);
void http_add_header(HttpHeaders *headers, const char *name, Str value, Arena *arena);
/* Has its token been raised as far as cancel_at says? */
bool http_is_cancelled(const HttpRequest *request);
/* Empty when there is none of that name (in lower case). */
Str http_header(const HttpResponse *response, const char *name);

/* The client is a module, as its libraries cost time at every start: opened by the first request.
 */
const Http *http_on_first_use(Str module_folder, Arena *arena);
#define HTTP_MODULE "loam-curl.so" /* symbol curl_http within */
