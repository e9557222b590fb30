/* etcd_quorum: counts voting and healthy members. */
#include "etcd_quorum.h"

/* Returns the number of healthy voting members that etcd needs. */
static size_t quorum_of(size_t voters) {
    return voters / 2 + 1;
}

typedef struct Count {
    size_t voters;
    size_t healthy;
} Count;

/* Counts the voting members without the one of this peer URL; an empty URL excludes none. */
static Count count_voters(const EtcdMembers *members, Str except) {
    Count count = {0};
    vec_each(members, member) {
        if (member->is_learner || (except.len && str_equal(member->peer_url, except)))
            continue;
        count.voters++;
        count.healthy += member->is_healthy;
    }
    return count;
}

static const EtcdMember *quorum_find(const EtcdMembers *members, Str peer_url) {
    vec_each(members, member) {
        if (str_equal(member->peer_url, peer_url))
            return member;
    }
    return NULL;
}

bool etcd_quorum_is_lost(const EtcdMembers *members) {
    Count all = count_voters(members, STR_EMPTY);
    return all.healthy < quorum_of(all.voters);
}

static Str label(const EtcdMember *member) {
    return member->name.len ? member->name : member->peer_url;
}

Str etcd_quorum_check_join(const EtcdMembers *members, Arena *arena) {
    vec_each(members, member) {
        const char *why = !member->name.len     ? "has never started"
                          : member->is_learner  ? "is still a learner"
                          : !member->is_healthy ? "is not healthy"
                                                : NULL;
        if (why)
            return str_format(arena, "No member can join etcd while \"%.*s\" %s.",
                              STR_ARG(label(member)), why);
    }
    return STR_EMPTY;
}

Str etcd_quorum_check_removal(const EtcdMembers *members, Str peer_url, Arena *arena) {
    const EtcdMember *leaving = quorum_find(members, peer_url);
    Count all = count_voters(members, STR_EMPTY), others = count_voters(members, peer_url);
    if (!leaving)
        return STR_EMPTY;
    if (etcd_quorum_is_lost(members))
        return str_format(arena,
                          "etcd has lost its quorum: %zu of %zu voters are healthy, and %zu are "
                          "needed. Restore a snapshot.",
                          all.healthy, all.voters, quorum_of(all.voters));
    if (others.voters == 0)
        return str_format(arena, "\"%.*s\" is the last member of etcd.", STR_ARG(label(leaving)));
    if (others.healthy >= quorum_of(others.voters))
        return STR_EMPTY;
    return str_format(arena,
                      "Without \"%.*s\", etcd would have %zu healthy voters of %zu, and %zu are "
                      "needed. Repair another member first.",
                      STR_ARG(label(leaving)), others.healthy, others.voters,
                      quorum_of(others.voters));
}
