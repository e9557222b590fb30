// flanneld: flannel with its leases in the objects Node of Kubernetes, VXLAN and nftables. Its own program needs the libraries of clouds.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ip"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr/nftables"
)

const (
	subnetFile = "/run/flannel/subnet.env"
	resync     = 5 // seconds
)

var isReady atomic.Bool

// serveHealth answers the probes of the kubelet: /readyz only when the network of the node is there.
func serveHealth(port string) {
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusOK) })
	http.HandleFunc("/readyz", func(answer http.ResponseWriter, _ *http.Request) {
		if !isReady.Load() {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	log.Fatal(http.ListenAndServe(":"+port, nil))
}

// run holds the lease of this node, and the routes to the others, until the context ends.
func run(ctx context.Context, masquerades bool) error {
	manager, err := kube.NewSubnetManager(ctx, "", "", "flannel.alpha.coreos.com", "/etc/kube-flannel/net-conf.json", true)
	if err != nil {
		return err
	}
	config, err := manager.GetNetworkConfig(ctx)
	if err != nil {
		return err
	}
	if !config.EnableNFTables {
		return errors.New("EnableNFTables is not true: this program has no iptables")
	}
	family, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return err
	}
	uplink, err := ipmatch.LookupExtIface("", "", "", family, ipmatch.PublicIPOpts{})
	if err != nil {
		return err
	}
	chosen, err := backend.NewManager(ctx, manager, uplink).GetBackend(config.BackendType)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	network, err := chosen.RegisterNetwork(ctx, &group, config)
	if err != nil {
		return err
	}
	lease := network.Lease()
	rules := &nftables.NFTablesManager{}
	if err := rules.Init(ctx); err != nil {
		return err
	}
	if masquerades {
		err := rules.SetupAndEnsureMasqRules(ctx, config.Network, ip.IP4Net{}, ip.IP4Net{}, config.IPv6Network, ip.IP6Net{}, ip.IP6Net{}, lease, resync, false)
		if err != nil {
			return err
		}
	}
	rules.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, resync)
	if err := manager.HandleSubnetFile(subnetFile, config, masquerades, lease.Subnet, lease.IPv6Subnet, network.MTU()); err != nil {
		return err
	}
	isReady.Store(true)
	log.Printf("flannel is ready: %s, MTU %d", lease.Subnet, network.MTU())
	group.Add(1)
	go func() {
		defer group.Done()
		network.Run(ctx)
	}()
	err = manager.CompleteLease(ctx, lease, &group)
	group.Wait()
	return err
}

func main() {
	masquerades := flag.Bool("ip-masq", false, "masquerade what leaves the network of the pods")
	inKubernetes := flag.Bool("kube-subnet-mgr", false, "keep leases in Kubernetes")
	health := flag.String("healthz-port", "0", "port of /healthz and /readyz")
	flag.Parse()
	if !*inKubernetes {
		log.Fatal("-kube-subnet-mgr is needed")
	}
	go serveHealth(*health)
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, *masquerades); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
