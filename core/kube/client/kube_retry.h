/* kube_retry: which failed requests are sent again, and when. */
#pragma once

#include "http.h"
#include "kube_status.h"

typedef enum KubeRetry {
    KUBE_RETRY_NEVER,
    KUBE_RETRY_CONNECT, /* the request did not reach the server: for a short time only */
    KUBE_RETRY_LATER,   /* until the deadline */
} KubeRetry;

/* A request, as far as it matters here. */
typedef struct KubeRetryRule {
    bool is_repeatable;     /* sending it twice has the effect of sending it once */
    bool waits_for_webhook; /* a webhook that cannot be called may become ready */
} KubeRetryRule;

/* `transport` and `code` are those of the attempt; `status` is decoded from its body. */
KubeRetry kube_retry_class(const KubeRetryRule *rule, HttpStatus transport, int code,
                           const KubeStatus *status);
/* Returns the wait after the attempt of this number (from 1): 0.5 s, doubled up to 15 s, varied by
 * a quarter so that parallel requests spread; at least `asked_ms`, the server's wish. */
int64_t kube_retry_wait_ms(uint32_t attempt, int64_t asked_ms);
