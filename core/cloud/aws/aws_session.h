/* AwsSession: signed requests to services of AWS, with credentials that are renewed before they
 * expire. Any thread may use it.
 *
 * One thread renews when less than 5 minutes are left; others go on with the old credentials, or
 * wait if these have expired (TokenSource). If a service reports that they have expired, they are
 * renewed once and the request is sent again. Credentials are kept in memory alone. */
#pragma once

#include "aws_options.h"

typedef struct AwsSession AwsSession;

typedef struct AwsCall {
    const char *service; /* "s3", as in the signature */
    Str region;
    const HttpRequest *request; /* unsigned; certificates and proxy come from the options */
    Str path; /* file for the body of the response, as http_send_to_file; empty: in memory */
} AwsCall;

/* Sends nothing. `io` and the texts of the options must live as long. */
AwsSession *aws_session_open(const Io *io, const AwsOptions *options, Arena *arena);
/* Wipes the credentials; accepts NULL. */
void aws_session_close(AwsSession *session);
/* Returns the region of the options, else that of the profile; may be empty. */
Str aws_session_region(const AwsSession *session);
/* Gets credentials, so that the first request does not have to. Returns false with *problem, the
 * end of a sentence: why there are none, and what to do. */
MUST_USE bool aws_session_log_in(AwsSession *session, const CancelToken *cancel, Str *problem,
                                 Arena *arena);
/* Compares the account of the credentials with the lists of the options, if these have any. */
MUST_USE bool aws_session_check_account(AwsSession *session, const CancelToken *cancel,
                                        Str *problem, Arena *arena);
/* Like http_send. HTTP_CANCELLED with *problem also stands for missing credentials. */
HttpStatus aws_session_send(AwsSession *session, const AwsCall *call, HttpResponse *out,
                            Str *problem, Arena *arena);
