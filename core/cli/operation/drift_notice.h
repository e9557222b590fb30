/* drift_notice: tells a web server about drift, by a signed request.
 *
 * The body is JSON: time, environment, workspace, and for each object its address, action, and
 * changed fields with their owners. It has no values. The header X-Loam-Signature-256 has
 * "sha256=" and the HMAC-SHA256 of the body in hexadecimal, with the key LOAM_NOTIFY_SECRET. */
#pragma once

#include "cli.h"
#include "plan.h"

/* Checks URL and key before the plan. Returns false, with an error, if the URL is neither https nor
 * http to a loopback address, or if there is no key. */
MUST_USE bool drift_notice_check(const Cli *cli, Str url, Diags *diags);
/* Sends the drift of the plan; retries twice. Returns false, with an error, unless the server
 * answers with a status from 200 to 299. Redirects are not followed. */
MUST_USE bool drift_notice_send(const Cli *cli, const Plan *plan, Str url, Diags *diags);
