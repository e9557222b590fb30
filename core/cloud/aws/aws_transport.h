/* AwsTransport: how requests reach the services of AWS and the services of a machine that hand out
 * credentials. */
#pragma once

#include "io.h"

typedef struct AwsTransport {
    Str ca_certs; /* PEM; empty: the system's */
    bool skip_verify;
    Str http_proxy; /* for http URLs; empty: from the environment */
    Str https_proxy;
    Str no_proxy;
    uint32_t retries;
} AwsTransport;

/* Sets certificates and the proxy by the URL of the request. Redirects are not followed: a
 * token must not reach another host. */
void aws_transport_apply(const AwsTransport *transport, HttpRequest *request);
/* For services of this machine: no proxy, no redirects, few short attempts. */
void aws_transport_apply_local(HttpRequest *request);
/* Returns whether a token may be sent there: by https, or to this machine or one of the addresses
 * at which a machine hands out credentials. */
bool aws_transport_is_safe(Str url);
/* Returns the address of a service: https://SERVICE.REGION.amazonaws.com, or its other forms. */
Str aws_transport_endpoint(const char *service, Str region, bool is_fips, bool is_dualstack,
                           Arena *arena);
/* Returns the address in the first variable of AWS_ENDPOINT_URL_<service>, AWS_<service>_ENDPOINT
 * and AWS_ENDPOINT_URL, without slashes at its end; empty if none is set. The default scheme is
 * https. */
Str aws_transport_variable(const Process *process, const char *service, Arena *arena);
