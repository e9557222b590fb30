"""A server with the workspaces, states and locks of HCP Terraform's protocol (JSON:API), as far as Terraform, OpenTofu and loam
use it, on loopback without TLS: the CLI configuration names the address of its service."""
import base64, hashlib, http.server, json, threading, urllib.parse

ORGANIZATION, TOKEN = "team", "t0ken-of-the-test"
PERMISSIONS = {name: True for name in ("can-destroy", "can-force-unlock", "can-lock", "can-queue-apply", "can-queue-destroy", "can-queue-run",
                                       "can-read-settings", "can-unlock", "can-update", "can-update-variable")}


class Workspace:
    def __init__(self, number, name, mode):
        self.id, self.name, self.mode, self.locked, self.states = "ws-%d" % number, name, mode, False, []
        self.tags, self.project = {}, None  # of a tag without a value: None

    def document(self):
        return {"id": self.id, "type": "workspaces", "attributes": {
            "name": self.name, "locked": self.locked, "execution-mode": self.mode, "operations": self.mode != "local",
            "permissions": PERMISSIONS, "terraform-version": "latest", "actions": {"is-destroyable": True}, "tag-names": sorted(self.tags)}}

    def bindings(self):
        return [{"id": "tb-" + key, "type": "tag-bindings", "attributes": {"key": key, "value": value or ""}}
                for key, value in self.tags.items()]

    def add_tags(self, items):
        """Items are tags with a name, or with a key and a value."""
        for attributes in (item["attributes"] for item in items):
            self.tags[attributes.get("name") or attributes["key"]] = attributes.get("value")

    def has_tags(self, query):
        """The query names tags, or numbered keys with values."""
        names = [name for name in query.get("search[tags]", [""])[0].split(",") if name]
        pairs = [(query["filter[tagged][%d][key]" % i][0], query.get("filter[tagged][%d][value]" % i, [None])[0])
                 for i in range(len(query)) if "filter[tagged][%d][key]" % i in query]
        return all(name in self.tags for name in names) and all(self.tags.get(key) == value for key, value in pairs)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, document=None, raw=None):
        body = raw if raw is not None else b"" if document is None else json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/vnd.api+json")
        self.send_header("TFP-API-Version", "2.5")
        self.send_header("X-RateLimit-Limit", "30")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, code, detail):
        self.answer(code, {"errors": [{"status": str(code), "title": "refused", "detail": detail}]})

    def handle_any(self):
        store = self.server.store
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlparse(self.path)
        words = [urllib.parse.unquote(word) for word in url.path.strip("/").split("/")][2:]
        with store.guard:
            store.asked.append((self.command, url.path))
            if words[:1] != ["upload"] and self.headers.get("Authorization") != "Bearer " + TOKEN:
                return self.refuse(401, "unauthorized")
            return self.route(store, words, urllib.parse.parse_qs(url.query), json.loads(body) if body and words[0] != "upload" else body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def route(self, store, words, query, body):
        if words[0] == "ping":
            return self.answer(204)
        if words[:2] == ["organizations", ORGANIZATION]:
            return self.on_organization(store, words[2:], query, body)
        if words[0] == "workspaces":
            found = next((one for one in store.workspaces if one.id == words[1]), None)
            return self.on_workspace(store, found, words[2:], body) if found else self.refuse(404, "no such workspace")
        if words[0] == "upload":  # of a version that was announced before
            workspace, version = store.announced(words[1])
            if words[2] == "state":
                version["text"] = body
                if version in workspace.states:
                    return self.refuse(409, "the version has a state")
                workspace.states.append(version)
            return self.answer(200)
        if words[0] == "state-versions" and words[2:] == ["download"]:
            return self.answer(200, raw=store.version(words[1])["text"])
        if words[0] == "state-versions":
            return self.answer(200, {"data": self.version_document(store.version(words[1]))})
        return self.refuse(404, "no such address")

    def on_organization(self, store, words, query, body):
        if not words:
            return self.answer(200, {"data": {"id": ORGANIZATION, "type": "organizations", "attributes": {"name": ORGANIZATION}}})
        if words == ["entitlement-set"]:
            return self.answer(200, {"data": {"id": "org-1", "type": "entitlement-sets", "attributes": {"state-storage": True, "operations": True}}})
        if words == ["workspaces"] and self.command == "POST":
            attributes = body["data"]["attributes"]
            if any(one.name == attributes["name"] for one in store.workspaces):
                return self.refuse(422, "Name has already been taken")
            made = store.make(attributes["name"], attributes.get("execution-mode", store.mode))
            related = body["data"].get("relationships", {})
            for kind in "tags", "tag-bindings":
                made.add_tags(related.get(kind, {}).get("data", []))
            made.project = related.get("project", {}).get("data", {}).get("id")
            return self.answer(201, {"data": made.document()})
        if words == ["projects"] and self.command == "POST":
            name = body["data"]["attributes"]["name"]
            store.projects[name] = "prj-%d" % store.next()
            return self.answer(201, {"data": {"id": store.projects[name], "type": "projects", "attributes": {"name": name}}})
        if words == ["projects"]:
            names = query.get("filter[names]", [""])[0].split(",")
            return self.answer(200, {"data": [{"id": id, "type": "projects", "attributes": {"name": name}}
                                              for name, id in store.projects.items() if name in names],
                                     "meta": {"pagination": {"current-page": 1, "next-page": None, "total-pages": 1}}})
        if words == ["workspaces"]:
            project = query.get("filter[project][id]", [None])[0]
            found = [one for one in store.workspaces if query.get("search[name]", [""])[0] in one.name and one.has_tags(query)
                     and project in (None, one.project)]
            page, size = int(query.get("page[number]", ["1"])[0]), store.page_size
            rest = len(found) > page * size
            return self.answer(200, {"data": [one.document() for one in found[(page - 1) * size:page * size]], "meta": {"pagination": {
                "current-page": page, "next-page": page + 1 if rest else None, "prev-page": None, "total-count": len(found),
                "total-pages": (len(found) + size - 1) // size}}})
        found = next((one for one in store.workspaces if words[0] == "workspaces" and one.name == words[1]), None)
        return self.on_workspace(store, found, words[2:], body) if found else self.refuse(404, "no such workspace")

    def on_workspace(self, store, workspace, words, body):
        if not words and self.command == "DELETE":
            store.workspaces.remove(workspace)
            return self.answer(204)
        if not words:
            return self.answer(200, {"data": workspace.document()})
        if words == ["relationships", "tags"]:
            workspace.add_tags(body["data"])
            return self.answer(204)
        if words in (["tag-bindings"], ["effective-tag-bindings"]):
            if self.command != "GET":
                workspace.add_tags(body["data"])
            return self.answer(200, {"data": workspace.bindings()})
        if words[0] == "actions":
            if (words[1] == "lock") == workspace.locked:
                return self.refuse(409, "the workspace is already " + ("locked" if workspace.locked else "unlocked"))
            if words[1] == "safe-delete":
                store.workspaces.remove(workspace)
                return self.answer(204)
            workspace.locked = words[1] == "lock"
            return self.answer(200, {"data": workspace.document()})
        if words == ["current-state-version"]:
            if not workspace.states:
                return self.refuse(404, "no state")
            return self.answer(200, {"data": self.version_document(workspace.states[-1])})
        if words == ["state-versions"] and self.command == "POST":
            return self.on_version(store, workspace, body["data"]["attributes"])
        return self.refuse(404, "no such address")

    def on_version(self, store, workspace, attributes):
        current = workspace.states[-1] if workspace.states else None
        if not workspace.locked:
            return self.refuse(409, "the workspace is not locked")
        if current and attributes["lineage"] != current["lineage"] and not attributes.get("force"):
            return self.refuse(409, "another lineage")
        if current and attributes["serial"] <= current["serial"] and not attributes.get("force"):
            return self.refuse(409, "the serial is not higher")
        version = {"id": "sv-%d" % store.next(), "serial": attributes["serial"], "lineage": attributes["lineage"]}
        if attributes.get("state") is not None:
            version["text"] = base64.b64decode(attributes["state"], validate=True)
            if hashlib.md5(version["text"]).hexdigest() != attributes["md5"]:
                return self.refuse(422, "another MD5")
            workspace.states.append(version)
        else:
            store.coming[version["id"]] = (workspace, version)
        return self.answer(201, {"data": self.version_document(version)})

    def version_document(self, version):
        base = "http://%s/api/v2/" % self.headers["Host"]
        return {"id": version["id"], "type": "state-versions", "attributes": {
            "serial": version["serial"], "lineage": version["lineage"], "status": "finalized", "resources-processed": True,
            "hosted-state-download-url": base + "state-versions/%s/download" % version["id"],
            "hosted-state-upload-url": base + "upload/%s/state" % version["id"],
            "hosted-json-state-upload-url": base + "upload/%s/json" % version["id"]}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Ignores connections of killed programs."""


class TfeServer:
    mode = "local"  # execution mode of new workspaces
    page_size = 100

    def __init__(self):
        self.guard = threading.Lock()
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.store = self
        self.clear()
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def clear(self):
        self.workspaces, self.coming, self.asked, self.count = [], {}, [], 0
        self.projects = {"blue": "prj-blue", "green": "prj-green"}  # name to id

    def next(self):
        self.count += 1
        return self.count

    def make(self, name, mode):
        self.workspaces.append(Workspace(self.next(), name, mode))
        return self.workspaces[-1]

    def announced(self, id):
        return self.coming[id]

    def version(self, id):
        return next(version for one in self.workspaces for version in one.states if version["id"] == id)

    def find(self, name):
        return next((one for one in self.workspaces if one.name == name), None)
