/* object_rewrite: makes an API server write all objects of a resource to etcd again.
 *
 * A patch without a change is enough: the server stores an object anew if its stored form is not
 * the one that it would write. So no content of an object is transferred. A patch names the version
 * that was listed; if another client has changed the object since, that has rewritten it. */
#pragma once

#include "cluster_api.h"

/* Where the work continues. */
typedef struct ObjectRewrite {
    Str next; /* token of the next page; empty: the first one */
    int64_t written;
    bool is_end;
} ObjectRewrite;

/* Rewrites one page of at most 500 objects. At most 50 a second: etcd stores each of them. */
MUST_USE bool object_rewrite_page(const Call *call, const ClusterApi *api,
                                  const KubeResource *resource, ObjectRewrite *place, Diags *diags);
/* Returns the number of objects, by one request without repetitions; negative if it is not known.
 */
int64_t object_rewrite_count(const ClusterApi *api, const KubeResource *resource);
