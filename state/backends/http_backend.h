/* http_backend: the state as one document at an address (GitLab and others have such stores).
 *
 * read     GET: 200 has it, 204 and 404 say that there is none; a Content-MD5 of the answer must
 * fit write    update_method (POST) with Content-MD5, and ?ID=<lock> while locked lock lock_method
 * (LOCK) at lock_address with the lock info; 409 and 423 answer the holder's unlock   unlock_method
 * (UNLOCK) with the lock info as it was sent
 *
 * One object, so there are no workspaces besides "default", and no place for a journal. */
#pragma once

#include "backend.h"

extern const BackendType http_backend;
