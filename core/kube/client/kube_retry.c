#include "kube_retry.h"
#include "random.h"

#define FIRST_WAIT_MS 500
#define MAX_WAIT_MS   15000

/* A 502, and a 500 without a Status object, come from a proxy or a load balancer. Whether the
 * request reached the server is unknown, so only a repeatable one is sent again. */
static KubeRetry class_of_code(const KubeRetryRule *rule, int code, const KubeStatus *status) {
    bool may_have_arrived = code == 502 || (code == 500 && !status->is_status);
    if (code == 429 || code == 503 || code == 504)
        return KUBE_RETRY_LATER;
    if (may_have_arrived)
        return rule->is_repeatable ? KUBE_RETRY_LATER : KUBE_RETRY_NEVER;
    if (code == 500 && str_equal(status->reason, STR("ServerTimeout")))
        return KUBE_RETRY_LATER;
    if (rule->waits_for_webhook && kube_status_is_webhook_failure(status))
        return KUBE_RETRY_LATER;
    return KUBE_RETRY_NEVER;
}

KubeRetry kube_retry_class(const KubeRetryRule *rule, HttpStatus transport, int code,
                           const KubeStatus *status) {
    switch (transport) {
    case HTTP_DONE: return class_of_code(rule, code, status);
    case HTTP_UNKNOWN_NAME:
    case HTTP_NO_CONNECTION: return KUBE_RETRY_CONNECT;
    case HTTP_TIMED_OUT:
    case HTTP_LOST: return rule->is_repeatable ? KUBE_RETRY_LATER : KUBE_RETRY_NEVER;
    case HTTP_BAD_CERTIFICATE:
    case HTTP_TOO_LARGE:
    case HTTP_TOO_MANY_REDIRECTS:
    case HTTP_REFUSED_URL:
    case HTTP_NOT_KEPT:
    case HTTP_NO_CLIENT:
    case HTTP_CANCELLED: return KUBE_RETRY_NEVER;
    }
    return KUBE_RETRY_NEVER;
}

int64_t kube_retry_wait_ms(uint32_t attempt, int64_t asked_ms) {
    uint16_t random;
    int64_t wait = FIRST_WAIT_MS;
    for (uint32_t i = 1; i < attempt && wait < MAX_WAIT_MS; i++)
        wait *= 2;
    wait = wait < MAX_WAIT_MS ? wait : MAX_WAIT_MS;
    random_fill(&random, sizeof random);
    wait = wait - wait / 4 + wait / 2 * random / UINT16_MAX;
    return wait > asked_ms ? wait : asked_ms;
}
