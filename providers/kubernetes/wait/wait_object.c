#include "wait_object.h"

KubeCall wait_object_call(const WaitObject *wait, int64_t deadline_ms, Arena *arena) {
    return (KubeCall){
        .client = wait->client,
        .arena = arena,
        .deadline_ms = deadline_ms,
        .cancel = wait->call->cancel,
    };
}
