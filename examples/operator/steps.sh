# shellcheck shell=bash
# The further steps of examples/kubeadm/up and down for this example.
# $LOAM_FLUX_MANIFESTS is the release of Flux: a directory with a file for each component, or install.yaml.
# $LOAM_PACKAGE is the package of loam for the image; the default is made of the build.
# shellcheck disable=SC2034,SC2154 # read and set by up
recipe=gitops-bundle
names="$names source-controller kustomize-controller"
git_url=ssh://root@10.80.0.1:2222$work/git/repository.git

check_needs() {
  [ -n "${LOAM_FLUX_MANIFESTS:-}" ] || {
    echo 'up: set LOAM_FLUX_MANIFESTS to install.yaml of Flux v2.9.4: https://github.com/fluxcd/flux2/releases/download/v2.9.4/install.yaml' >&2
    exit 1
  }
  local name
  for name in LOAM_FLUX_MANIFESTS LOAM_PACKAGE; do
    [ -z "${!name:-}" ] || [ -e "${!name}" ] || { echo "up: there is no ${!name}: correct $name" >&2; exit 1; }
  done
}

make_image() {
  local package=${LOAM_PACKAGE:-}
  if [ -z "$package" ]; then
    rm -rf "$work/package"
    cpack --config "$(dirname "$program")/cpack.cmake" -B "$work/package" >/dev/null
    package=$(echo "$work"/package/*.deb)
  fi
  image_version=$(dpkg-deb --field "$package" Version)
  image_version=${image_version%-*}
  "$top/cmake/package_image" "$package" "$work/loam.tar" "loam.test/loam:$image_version"
}

# The directory fleet, with the address and the key of the git server.
make_repository() {
  local own=$work/git
  [ ! -e "$own/repository.git" ] || return 0
  rm -rf "$own/new.git" "$own/tree"
  mkdir -p "$own"
  chmod 700 "$own"
  git init -q --bare --initial-branch=main "$own/new.git"
  git clone -q "$own/new.git" "$own/tree" 2>/dev/null
  cp -r "$here/fleet/." "$own/tree/"
  find "$own/tree" -name '*.yaml' -exec sed -i "s|^  url: https://git.example.com/fleet|&\n  secretRef: {name: git}|; s|https://git.example.com/fleet|$git_url|" {} +
  git -C "$own/tree" add .
  git -C "$own/tree" -c user.name=example -c user.email=example@localhost commit -qm 'Add three environments'
  git -C "$own/tree" push -q origin HEAD:main
  mv "$own/new.git" "$own/repository.git"
  git -C "$own/tree" remote set-url origin "$own/repository.git"
}

before_init() {
  say 'the image'
  make_image
  say 'the git server'
  make_repository
  "$examples/full-stack/git-server" start "$work"
  cat >>"$work/variables" <<SH
export KUBECONFIG='$work/kubeconfig'
export LOAM_VAR_flux_manifests='$(readlink -f "$LOAM_FLUX_MANIFESTS")'
export LOAM_VAR_image='$work/loam.tar' LOAM_VAR_image_digest='$(sha256sum "$work/loam.tar" | cut -c1-64)' LOAM_VAR_image_version='$image_version'
SH
  echo "sshd on port 2222, with the repository $work/git/repository.git"
}

kubectl() { "$here/kubectl" "$@"; }

after_apply() {
  say 'the Stacks'
  (umask 077 && on cp1 sudo cat /etc/kubernetes/admin.conf >"$work/kubeconfig")
  local space
  for space in flux-system shop shop-prod; do
    cat <<YAML
apiVersion: v1
kind: Namespace
metadata: {name: $space}
---
apiVersion: v1
kind: Secret
metadata: {name: git, namespace: $space}
stringData:
  known_hosts: '[10.80.0.1]:2222 $(cut -d' ' -f1,2 "$work/git/host_key.pub")'
  identity: |
$(sed 's/^/    /' "$work/git/identity")
---
YAML
  done | kubectl apply --server-side --field-manager=example -f - >/dev/null
  kubectl apply --server-side -f - <"$work/git/tree/clusters/flux.yaml"
  kubectl wait -n flux-system kustomization/stacks --for=condition=Ready --timeout=5m
  kubectl wait -n shop lst/page-staging --for=condition=Ready --timeout=5m
  kubectl wait -n shop-prod lst/page-prod --for=jsonpath='{.status.conditions[?(@.type=="Ready")].reason}'=ReviewRequired --timeout=5m
  loam operator status || :
  cat <<TXT

dev and staging are applied; prod waits for a person, because no pull request has its plan. Look around:
  examples/operator/loam operator status                        the Stacks
  examples/operator/kubectl get cm -n shop page-dev -o yaml     the page of dev
  examples/operator/loam operator approve shop-prod/page-prod   decide about prod
  examples/operator/loam plan                                   nothing to change
docs/operator/tutorial.md goes on from here. And when you are done: examples/operator/down
TXT
}

# Flux rejects its own deletion while objects exist that only its controllers can delete.
before_destroy() {
  [ -e "$work/kubeconfig" ] || return 0
  say 'the Stacks'
  kubectl delete -n flux-system --ignore-not-found --timeout=3m kustomizations.kustomize.toolkit.fluxcd.io/stacks &&
    kubectl delete -n flux-system --ignore-not-found --timeout=3m kustomizations.kustomize.toolkit.fluxcd.io/tenants &&
    kubectl delete --ignore-not-found --timeout=3m namespace/shop namespace/shop-prod &&
    kubectl delete -n flux-system --ignore-not-found --timeout=3m gitrepositories.source.toolkit.fluxcd.io/fleet secret/git
}
