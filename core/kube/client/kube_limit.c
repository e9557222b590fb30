/* kube_limit: one time stamp instead of a counter of tokens. Each request moves it by 1/rate; it
 * may lag behind the present by the length of a burst. */
#include "kube_limit.h"

#define SECOND_US 1000000

void kube_limit_init(KubeLimit *limit, uint32_t rate, uint32_t burst) {
    *limit = (KubeLimit){.rate = rate, .burst = burst ? burst : 1, .next_us = INT64_MIN};
    pthread_mutex_init(&limit->mutex, NULL);
}

void kube_limit_release(KubeLimit *limit) {
    pthread_mutex_destroy(&limit->mutex);
}

int64_t kube_limit_reserve(KubeLimit *limit, int64_t now_ms) {
    if (limit->rate == 0)
        return 0;
    int64_t now_us = now_ms * 1000;
    int64_t step_us = SECOND_US / limit->rate;
    int64_t earliest_us = now_us - step_us * (limit->burst - 1);
    pthread_mutex_lock(&limit->mutex);
    int64_t start_us = limit->next_us > earliest_us ? limit->next_us : earliest_us;
    limit->next_us = start_us + step_us;
    pthread_mutex_unlock(&limit->mutex);
    return start_us > now_us ? (start_us - now_us + 999) / 1000 : 0;
}
