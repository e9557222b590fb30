/* etcd_backend: states in etcd, version 3. Keys below prefix/WORKSPACE/:
 *
 *   state            the text; or, when it is larger than one request may be, a line that says in
 *                    how many pieces it is, of which write, how long, and its digest
 *   state/WRITE/NNN  the pieces; they count once `state` names their write
 *   journal/NUMBER   the journal's segments, with pieces below them likewise
 *   lock             the lock info, bound to a lease: it goes when the holder has not renewed it
 *                    for lease_seconds
 *
 * Everything that a holder of the lock writes is conditional on its very lock: who has lost it
 * writes nothing more. */
#pragma once

#include "backend.h"

extern const BackendType etcd_backend;
