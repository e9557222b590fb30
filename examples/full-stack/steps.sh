# shellcheck shell=bash
# The further steps of examples/kubeadm/up for this example.
# $LOAM_FLUX_MANIFESTS is the release of Flux: a directory with a file for each component, or install.yaml.
# $LOAM_ARGOCD_MANIFESTS is that of Argo CD, for `up -var engine=argocd`: the directory manifests of its sources, or core-install.yaml.
# shellcheck disable=SC2034,SC2154 # read and set by up
engine=flux
for word; do
  case $word in engine=*|-var=engine=*) engine=${word##*=} ;; esac
done
argocd_images=
if [ "$engine" = argocd ]; then
  recipe=argocd-bundle
  names="$names argocd kustomize"
  [ -n "${LOAM_BUNDLE:-}" ] || argocd_images='{argocd = "loam.test/argocd:3.5.7", redis = "loam.test/redis:7"}'
else
  recipe=gitops-bundle
  names="$names source-controller kustomize-controller"
fi

variable() { # name, value
  [ -z "$2" ] || echo "export LOAM_VAR_$1='$2'"
}

manifests() { # name of the variable, path
  [ -z "$2" ] || variable "$1" "$(readlink -f "$2")"
}

need() { # name of a variable with a path
  [ -z "${!1:-}" ] || [ -e "${!1}" ] || { echo "up: there is no ${!1}: correct $1" >&2; exit 1; }
}

check_needs() {
  [ "$engine" != flux ] || [ -n "${LOAM_FLUX_MANIFESTS:-}" ] || {
    echo 'up: set LOAM_FLUX_MANIFESTS to install.yaml of Flux v2.9.4: https://github.com/fluxcd/flux2/releases/download/v2.9.4/install.yaml' >&2
    exit 1
  }
  [ "$engine" != argocd ] || [ -n "${LOAM_ARGOCD_MANIFESTS:-}" ] || {
    echo 'up: set LOAM_ARGOCD_MANIFESTS to the directory manifests of a release of Argo CD, or to its core-install.yaml' >&2
    exit 1
  }
  need LOAM_FLUX_MANIFESTS
  need LOAM_ARGOCD_MANIFESTS
}

before_init() {
  say 'the git server'
  "$here/git-server" start "$work"
  cat >>"$work/variables" <<SH
export LOAM_VAR_engine='$engine'
$(manifests flux_manifests "${LOAM_FLUX_MANIFESTS:-}")
$(manifests argocd_manifests "${LOAM_ARGOCD_MANIFESTS:-}")
$(variable argocd_images "$argocd_images")
export LOAM_VAR_git_url='ssh://root@10.79.0.1:2222$work/git/repository.git'
export LOAM_VAR_git_known_hosts='[10.79.0.1]:2222 $(cut -d' ' -f1,2 "$work/git/host_key.pub")'
SH
  echo "sshd on port 2222, with the repository $work/git/repository.git"
}

after_apply() {
  cat <<TXT

The application runs. Look around:
  examples/full-stack/page                        what the application answers
  examples/full-stack/commit 'Hello again.'       changes the page in git
  examples/full-stack/page                        the cluster follows within seconds
  examples/full-stack/loam gitops status
  examples/full-stack/loam plan                   nothing to change
And when you are done: examples/full-stack/down
TXT
}
