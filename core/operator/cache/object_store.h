/* ObjectStore: the newest version of each object of one kind, as far as decisions read it.
 *
 * An object is its struct, which begins with an ObjectMeta, and the JSON of its rows; other fields
 * are dropped. Objects may belong to groups, for instance the Runs of a Stack. Finding an object or
 * a group takes the same time however many there are. A group is in order, and a change of an
 * object compares it with few others.
 *
 * Memory follows the living objects: when the dropped ones take half as much, the others move, so a
 * pointer is valid only until the next change. The caller holds a lock while it uses a store. */
#pragma once

#include "object_meta.h"

#define OBJECT_GROUPS 4

/* Groups of one sort. */
typedef struct ObjectGrouping {
    /* Adds the keys of the groups that the object is in; empty and repeated ones do not count.
     * NULL: there are no such groups. */
    void (*add_keys)(const void *object, StrVec *keys, Arena *arena);
    /* Which of two objects is first; NULL, or 0: that of the first namespace and name. */
    int (*compare)(const void *one, const void *other);
} ObjectGrouping;

typedef struct ObjectKind {
    const Record *record;
    ObjectGrouping groups[OBJECT_GROUPS];
    /* Drops members that no decision reads any more; NULL: none. */
    void (*trim)(void *object, Arena *arena);
} ObjectKind;

typedef struct ObjectStore ObjectStore;

ObjectStore *object_store_open(const ObjectKind *kind);
void object_store_close(ObjectStore *store); /* NULL: does nothing */

/* Adds or replaces an object. Returns its metadata, or NULL if the text is no object of the kind;
 * the store then stays as it was. */
const ObjectMeta *object_store_put(ObjectStore *store, Str json);
/* The same for an object that may be older than the stored one: responses and events arrive in any
 * order. *out is NULL if the store has this version or a newer one, or had it until the object was
 * removed. False: the text is no object of the kind. */
MUST_USE bool object_store_put_newer(ObjectStore *store, Str json, const ObjectMeta **out);
/* The object that the newest put replaced, if it was put under this name; NULL: there was none. It
 * is valid until the next change. */
const void *object_store_replaced(const ObjectStore *store, const ObjectMeta *put);
/* Removes an object; an absent one stays absent. */
void object_store_remove(ObjectStore *store, Str namespace, Str name);

/* A list of all objects: those that are not put between begin and end are removed, and reported to
 * `see`. `version` is that of the list: no object is remembered as removed in a later one, because
 * the versions of a restored etcd begin again. */
void object_store_begin_list(ObjectStore *store);
void object_store_end_list(ObjectStore *store, uint64_t version,
                           void (*see)(void *payload, const ObjectMeta *gone), void *payload);

const void *object_store_find(const ObjectStore *store, Str namespace, Str name); /* NULL: absent */
size_t object_store_count(const ObjectStore *store);

/* Iteration: for (ObjectCursor at = {0}; (object = object_store_next(store, &at));) … */
typedef struct ObjectCursor {
    size_t index;
    const struct ObjectPlace *place;
} ObjectCursor;
const void *object_store_next(const ObjectStore *store, ObjectCursor *at);
/* The same over the group of this key, one of kind->groups[which], in its order. */
const void *object_store_next_of(const ObjectStore *store, size_t which, Str key, ObjectCursor *at);
