/* GcpCredential: the source of access tokens of Google, as a file of gcloud or the console
 * describes it.
 *
 * The first of these is used: an access token; `credentials`; the file of
 * GOOGLE_APPLICATION_CREDENTIALS; the file that `gcloud auth application-default login` writes; the
 * metadata server of the machine. */
#pragma once

#include "io.h"
#include "value.h"

typedef struct GcpOptions {
    Str access_token; /* empty: none, as all of these */
    Str credentials;  /* JSON, or the path of a file with JSON */
    Str impersonate;  /* e-mail address of a service account */
    StrVec delegates; /* e-mail addresses between the credential and that account */
    Str universe;     /* domain of the services; empty: that of the credential */
    Str scope;        /* URL; never empty */
} GcpOptions;

typedef enum GcpKind {
    GCP_GIVEN_TOKEN,
    GCP_SERVICE_ACCOUNT,
    GCP_AUTHORIZED_USER,
    GCP_EXTERNAL_ACCOUNT,
    GCP_IMPERSONATED, /* a source in `source_credentials`, and an account */
    GCP_METADATA,
} GcpKind;

typedef struct GcpCredential {
    GcpKind kind;
    Str origin; /* for messages: "the argument \"credentials\"", "the file \"PATH\"" */
    Value file; /* its content, an object; null for a token and the metadata server */
    Str token;  /* GCP_GIVEN_TOKEN */
} GcpCredential;

#define GCP_UNIVERSE "googleapis.com"

/* Reads files, but sends no request. Returns false with *problem, the end of a sentence that has
 * nothing of the content. */
MUST_USE bool gcp_credential_find(const Io *io, const GcpOptions *options, GcpCredential *out,
                                  Str *problem, Arena *arena);
/* Reads an object that describes a credential: a file, or a part of one. */
MUST_USE bool gcp_credential_parse(Value file, Str origin, GcpCredential *out, Str *problem,
                                   Arena *arena);
