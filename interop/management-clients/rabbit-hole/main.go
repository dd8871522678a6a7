// Every call of rabbit-hole's client: what it sends must be understood, and what it gets must decode.
package main

import (
	"fmt"
	"net/url"
	"os"
	"strconv"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"
)

var (
	failedCount int
	client      *rabbithole.Client
	run         = fmt.Sprintf("interop.rabbit-hole.%d", os.Getpid())
)

func named(what string) string { return run + "." + what }

func main() {
	client = got(rabbithole.NewClient(os.Getenv("MANAGEMENT_URL"), "guest", "guest"))
	vhost := named("vhost/+ü") // No space: the library writes it as a plus in one call, which RabbitMQ 3.10 takes for a plus.
	all := rabbithole.Permissions{Configure: ".*", Write: ".*", Read: ".*"}
	changed(client.PutVhost(vhost, rabbithole.VhostSettings{Description: "all of it", Tags: rabbithole.VhostTags{"a", "b"}}))
	changed(client.UpdatePermissionsIn(vhost, "guest", all))
	defer func() {
		changed(client.DeleteVhost(vhost))
		if failedCount > 0 {
			os.Exit(1)
		}
	}()

	step("cluster", cluster)
	step("health", health)
	step("vhosts", func() { vhosts(vhost) })
	step("users", func() { users(vhost) })
	step("exchanges", func() { exchanges(vhost) })
	step("queues", func() { queues(vhost) })
	step("bindings", func() { bindings(vhost) })
	step("policies", func() { policies(vhost) })
	step("parameters", func() { parameters(vhost) })
	step("definitions", func() { definitions(vhost) })
	step("busy", func() { busy(vhost) })
	step("plug-ins", func() { plugins(vhost) })
}

func cluster() {
	overview := got(client.Overview())
	equal("object totals", overview.ObjectTotals.Exchanges >= 7, true)
	node := got(client.GetNode(overview.Node))
	equal("node", node.Name, overview.Node)
	equal("running", node.IsRunning, true)
	one(got(client.ListNodes()), "node", func(n rabbithole.NodeInfo) bool { return n.Name == overview.Node })
	equal("whoami", got(client.Whoami()).Name, "guest")
	one(got(client.EnabledProtocols()), "amqp", func(protocol string) bool { return protocol == "amqp" })
	equal("the port", got(client.ProtocolPorts())["amqp"] > 0, true)

	before := got(client.GetClusterName())
	changed(client.SetClusterName(rabbithole.ClusterName{Name: "other"}))
	equal("cluster name", got(client.GetClusterName()).Name, "other")
	changed(client.SetClusterName(*before))

	flag := got(client.ListFeatureFlags())[0]
	changed(client.EnableFeatureFlag(flag.Name))
}

func health() {
	port := uint(got(strconv.ParseUint(got(url.Parse(os.Getenv("AMQP_URL"))).Port(), 10, 16)))
	equal("alarms", got(client.HealthCheckAlarms()).Status, "ok")
	equal("local alarms", got(client.HealthCheckLocalAlarms()).Status, "ok")
	equal("certificates", got(client.HealthCheckCertificateExpiration(1, rabbithole.MONTHS)).Status, "ok")
	equal("port", got(client.HealthCheckPortListener(port)).Status, "ok")
	equal("protocol", got(client.HealthCheckProtocolListener(rabbithole.AMQP)).Status, "ok")
	equal("vhosts", got(client.HealthCheckVirtualHosts()).Status, "ok")
	equal("mirrors", got(client.HealthCheckNodeIsMirrorSyncCritical()).Status, "ok")
	equal("quorum", got(client.HealthCheckNodeIsQuorumCritical()).Status, "ok")

	refused := got(client.HealthCheckPortListener(1))
	equal("no such port", []any{refused.Status, refused.Missing}, []any{"failed", uint(1)})
	absent := got(client.HealthCheckProtocolListener(rabbithole.MQTT))
	equal("no such protocol", []any{absent.Status, absent.Missing}, []any{"failed", "mqtt"})
}

func vhosts(vhost string) {
	made := got(client.GetVhost(vhost))
	equal("vhost", []any{made.Name, made.Description, len(made.Tags)}, []any{vhost, "all of it", 2})
	one(got(client.ListVhosts()), vhost, func(v rabbithole.VhostInfo) bool { return v.Name == vhost })
	equal("connections", len(got(client.ListVhostConnections(vhost))), 0)

	changed(client.PutVhostLimits(vhost, rabbithole.VhostLimitsValues{"max-queues": 100, "max-connections": 50}))
	limits := got(client.GetVhostLimits(vhost))
	equal("limits", limits[0].Value, rabbithole.VhostLimitsValues{"max-queues": 100, "max-connections": 50})
	one(got(client.GetAllVhostLimits()), vhost, func(l rabbithole.VhostLimitsInfo) bool { return l.Vhost == vhost })
	changed(client.DeleteVhostLimits(vhost, rabbithole.VhostLimits{"max-queues", "max-connections"}))
	equal("no limits", len(got(client.GetVhostLimits(vhost))), 0)
}

func users(vhost string) {
	user := named("user")
	changed(client.PutUser(user, rabbithole.UserSettings{Password: "secret", Tags: rabbithole.UserTags{"management", "policymaker"}}))
	defer func() { changed(client.DeleteUser(user)) }()
	equal("tags", len(got(client.GetUser(user)).Tags), 2)
	one(got(client.ListUsers()), user, func(u rabbithole.UserInfo) bool { return u.Name == user })
	for algorithm, hash := range map[rabbithole.HashingAlgorithm]string{
		rabbithole.HashingAlgorithmSHA256: rabbithole.Base64EncodedSaltedPasswordHashSHA256("known"),
		rabbithole.HashingAlgorithmSHA512: rabbithole.Base64EncodedSaltedPasswordHashSHA512("known"),
	} {
		settings := rabbithole.UserSettings{PasswordHash: hash, HashingAlgorithm: algorithm, Tags: rabbithole.UserTags{"management"}}
		changed(client.PutUser(user, settings))
		equal("hash", got(client.GetUser(user)).PasswordHash, hash)
		login := got(rabbithole.NewClient(os.Getenv("MANAGEMENT_URL"), user, "known"))
		equal("login by "+string(algorithm), got(login.Whoami()).Name, user)
	}
	changed(client.PutUserWithoutPassword(user, rabbithole.UserSettings{Tags: rabbithole.UserTags{"management"}}))
	if _, err := got(rabbithole.NewClient(os.Getenv("MANAGEMENT_URL"), user, "known")).Whoami(); err == nil {
		panic("a user without a password has logged in")
	}

	changed(client.UpdatePermissionsIn(vhost, user, rabbithole.Permissions{Configure: "^c", Write: "^w", Read: "^r"}))
	equal("permissions", got(client.GetPermissionsIn(vhost, user)).Write, "^w")
	one(got(client.ListPermissions()), user, func(p rabbithole.PermissionInfo) bool { return p.User == user && p.Vhost == vhost })
	equal("of the user", len(got(client.ListPermissionsOf(user))), 1)
	for _, exchange := range []string{"amq.topic", "amq.direct"} {
		changed(client.UpdateTopicPermissionsIn(vhost, user, rabbithole.TopicPermissions{Exchange: exchange, Write: "^w", Read: "^r"}))
	}
	equal("topic permissions", len(got(client.GetTopicPermissionsIn(vhost, user))), 2)
	equal("of the user", len(got(client.ListTopicPermissionsOf(user))), 2)
	one(got(client.ListTopicPermissions()), user, func(p rabbithole.TopicPermissionInfo) bool { return p.User == user })
	changed(client.DeleteTopicPermissionsIn(vhost, user, "amq.topic"))
	equal("one left", len(got(client.GetTopicPermissionsIn(vhost, user))), 1)
	changed(client.ClearTopicPermissionsIn(vhost, user))
	equal("none left", len(got(client.ListTopicPermissionsOf(user))), 0)
	changed(client.ClearPermissionsIn(vhost, user))
	equal("no permissions", len(got(client.ListPermissionsOf(user))), 0)

	changed(client.PutUserLimits(user, rabbithole.UserLimitsValues{"max-channels": 10, "max-connections": 3}))
	equal("limits", got(client.GetUserLimits(user))[0].Value, rabbithole.UserLimitsValues{"max-channels": 10, "max-connections": 3})
	one(got(client.GetAllUserLimits()), user, func(l rabbithole.UserLimitsInfo) bool { return l.User == user })
	changed(client.DeleteUserLimits(user, rabbithole.UserLimits{"max-channels", "max-connections"}))
	equal("no limits", len(got(client.GetUserLimits(user))), 0)
}
