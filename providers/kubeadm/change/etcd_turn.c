/* etcd_turn: the status of each member. */
#include "etcd_turn.h"
#include "wait_until.h"

#define TURN_MS      INT64_C(300000)
#define REVISION_GAP 1000

typedef struct EtcdTurn {
    const EtcdGateway *gateway;
    EtcdNodes nodes;
    VEC(EtcdStatus) statuses; /* of each node */
} EtcdTurn;

static Str host_of(const EtcdNode *node) {
    return node->client_urls.count ? etcd_members_host(node->client_urls.items[0]) : STR_EMPTY;
}

/* Each function returns why the change must wait; empty: it need not. */

static Str look_member(EtcdTurn *turn, const EtcdNode *node, Arena *arena) {
    EtcdStatus status;
    if (!node->member.is_healthy || node->member.is_learner ||
        !etcd_members_status(turn->gateway, host_of(node), &status) ||
        str_equal(status.leader, STR("0")))
        return str_format(arena, "the member of etcd at %.*s is not healthy",
                          STR_ARG(node->member.peer_url));
    vec_push(arena, &turn->statuses, status);
    return STR_EMPTY;
}

static Str look_revisions(const EtcdTurn *turn) {
    int64_t lowest = INT64_MAX, highest = 0;
    vec_each(&turn->statuses, status) {
        lowest = status->revision < lowest ? status->revision : lowest;
        highest = status->revision > highest ? status->revision : highest;
    }
    return highest - lowest > REVISION_GAP ? STR("a member of etcd lacks recent changes")
                                           : STR_EMPTY;
}

static Str look_alarm(const EtcdTurn *turn) {
    bool has_one = false;
    if (!etcd_members_alarm(turn->gateway, &has_one))
        return STR("etcd does not report its alarms");
    return has_one ? STR("etcd has an alarm; see \"etcdctl alarm list\"") : STR_EMPTY;
}

static WaitLook look_members(void *payload, Wait *wait) {
    EtcdTurn *turn = payload;
    Arena *arena = wait->call->arena;
    Diags problems = diags_new(arena);
    turn->nodes = (EtcdNodes){0};
    turn->statuses.count = 0;
    wait->reason = etcd_members_list(turn->gateway, &turn->nodes, &problems)
                       ? STR_EMPTY
                       : problems.items[0].detail;
    for (size_t i = 0; i < turn->nodes.count && !wait->reason.len; i++)
        wait->reason = look_member(turn, &turn->nodes.items[i], arena);
    if (!wait->reason.len)
        wait->reason = look_revisions(turn);
    if (!wait->reason.len)
        wait->reason = look_alarm(turn);
    return wait->reason.len ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

/* Gives the part of the leader to a member that has changed. */
static bool move_leader(const EtcdTurn *turn, Str leader, Diags *diags) {
    for (size_t i = 0; i < turn->nodes.count; i++) {
        const EtcdNode *node = &turn->nodes.items[i];
        if (!str_equal(turn->statuses.items[i].id, leader))
            return etcd_members_move_leader(
                turn->gateway, host_of(etcd_members_by_id(&turn->nodes, leader)), node->id, diags);
    }
    return true;
}

bool etcd_turn_take(const EtcdGateway *gateway, const StrVec *hosts, size_t *index, Diags *diags) {
    EtcdTurn turn = {.gateway = gateway};
    WaitUntil until = {.what = "the members of etcd to be healthy",
                       .look = look_members,
                       .payload = &turn,
                       .timeout_ms = TURN_MS};
    if (!wait_until_done(gateway->call, &until, diags))
        return false;
    Str leader = turn.statuses.items[0].leader;
    const EtcdNode *node = etcd_members_by_id(&turn.nodes, leader);
    for (*index = 0; *index < hosts->count; (*index)++) {
        if (!node || !str_equal(etcd_members_host(node->member.peer_url), hosts->items[*index]))
            return true;
    }
    *index = 0;
    return move_leader(&turn, leader, diags);
}
