// Exchanges, queues, bindings, policies, parameters, definitions; and what only a busy broker has to show.
package main

import (
	"net/url"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"
)

func exchanges(vhost string) {
	for _, kind := range []string{"direct", "fanout", "topic", "headers"} {
		name := named("x /" + kind)
		arguments := map[string]any{"alternate-exchange": "other"}
		settings := rabbithole.ExchangeSettings{Type: kind, Durable: true, AutoDelete: true, Arguments: arguments}
		changed(client.DeclareExchange(vhost, name, settings))
		found := got(client.GetExchange(vhost, name))
		equal("exchange", []any{found.Name, found.Type, found.Durable, found.AutoDelete}, []any{name, kind, true, true})
		equal("arguments", found.Arguments, arguments)
		one(got(client.ListExchanges()), name, func(x rabbithole.ExchangeInfo) bool { return x.Name == name })
		one(got(client.ListExchangesIn(vhost)), name, func(x rabbithole.ExchangeInfo) bool { return x.Name == name })
		changed(client.DeleteExchange(vhost, name))
		_, err := client.GetExchange(vhost, name)
		answered(nil, err, 404)
	}
}

func queues(vhost string) {
	for _, kind := range []string{"classic", "quorum"} {
		name := named("q /" + kind)
		arguments := map[string]any{"x-max-length": 10}
		changed(client.DeclareQueue(vhost, name, rabbithole.QueueSettings{Type: kind, Durable: true, Arguments: arguments}))
		found := got(client.GetQueue(vhost, name))
		equal("queue", []any{found.Name, found.Type, found.Durable, found.Arguments["x-max-length"]}, []any{name, kind, true, 10.0})
		ranges := url.Values{"lengths_age": {"60"}, "lengths_incr": {"5"}, "msg_rates_age": {"60"}, "msg_rates_incr": {"5"}}
		got(client.GetQueueWithParameters(vhost, name, ranges))
		one(got(client.ListQueues()), name, func(q rabbithole.QueueInfo) bool { return q.Name == name })
		one(got(client.ListQueuesIn(vhost)), name, func(q rabbithole.QueueInfo) bool { return q.Name == name })
		sorted := url.Values{"sort": {"name"}, "sort_reverse": {"true"}}
		one(got(client.ListQueuesWithParameters(sorted)), name, func(q rabbithole.QueueInfo) bool { return q.Name == name })
		one(got(client.ListQueuesWithParametersIn(vhost, sorted)), name, func(q rabbithole.QueueInfo) bool { return q.Name == name })
		paged := url.Values{"page": {"1"}, "page_size": {"100"}, "name": {kind}, "use_regex": {"true"}}
		equal("page", got(client.PagedListQueuesWithParameters(paged)).Page, 1)
		page := got(client.PagedListQueuesWithParametersIn(vhost, paged))
		equal("items of the page", []int{page.ItemCount, page.FilteredCount, page.TotalCount, len(page.Items)}, []int{1, 1, 1, 1})
		changed(client.PurgeQueue(vhost, name))
		// Quorum queues know no conditions.
		response, err := client.DeleteQueue(vhost, name, rabbithole.QueueDeleteOptions{IfEmpty: kind == "classic", IfUnused: kind == "classic"})
		changed(response, err)
		_, err = client.GetQueue(vhost, name)
		answered(nil, err, 404)
	}
}

func bindings(vhost string) {
	source, target, queue := named("source"), named("target"), named("bound")
	changed(client.DeclareExchange(vhost, source, rabbithole.ExchangeSettings{Type: "topic"}))
	changed(client.DeclareExchange(vhost, target, rabbithole.ExchangeSettings{Type: "fanout"}))
	changed(client.DeclareQueue(vhost, queue, rabbithole.QueueSettings{}))
	toQueue := rabbithole.BindingInfo{Source: source, Destination: queue, DestinationType: "queue", RoutingKey: "a.# /"}
	toQueue.Arguments = map[string]any{"n": 1.0}
	toExchange := rabbithole.BindingInfo{Source: source, Destination: target, DestinationType: "exchange", RoutingKey: "b"}
	toExchange.Arguments = map[string]any{}
	for _, binding := range []rabbithole.BindingInfo{toQueue, toExchange} {
		changed(client.DeclareBinding(vhost, binding))
	}
	isIt := func(b rabbithole.BindingInfo) bool { return b.Source == source && b.RoutingKey == "a.# /" }
	for _, list := range [][]rabbithole.BindingInfo{
		got(client.ListBindings()), got(client.ListBindingsIn(vhost)), got(client.ListQueueBindings(vhost, queue)),
		got(client.ListExchangeBindingsWithSource(vhost, source)), got(client.ListQueueBindingsBetween(vhost, source, queue)),
		got(client.ListExchangeBindings(vhost, source, rabbithole.BindingSource)),
	} {
		toQueue.PropertiesKey = one(list, "the binding", isIt).PropertiesKey
	}
	equal("to the exchange", len(got(client.ListExchangeBindingsWithDestination(vhost, target))), 1)
	between := got(client.ListExchangeBindingsBetween(vhost, source, target))
	equal("between exchanges", len(between), 1)
	toExchange.PropertiesKey = between[0].PropertiesKey
	for _, binding := range []rabbithole.BindingInfo{toQueue, toExchange} {
		changed(client.DeleteBinding(vhost, binding))
	}
	equal("none left", len(got(client.ListExchangeBindingsWithSource(vhost, source))), 0)
	changed(client.DeleteQueue(vhost, queue))
	changed(client.DeleteExchange(vhost, source))
	changed(client.DeleteExchange(vhost, target))
}

func policies(vhost string) {
	name := named("policy /")
	definition := rabbithole.PolicyDefinition{"max-length": 10.0}
	changed(client.PutPolicy(vhost, name, rabbithole.Policy{Pattern: "^q", ApplyTo: "queues", Priority: 3, Definition: definition}))
	found := got(client.GetPolicy(vhost, name))
	equal("policy", []any{found.Pattern, found.ApplyTo, found.Priority, found.Definition}, []any{"^q", "queues", 3, definition})
	one(got(client.ListPolicies()), name, func(p rabbithole.Policy) bool { return p.Name == name })
	equal("in the vhost", len(got(client.ListPoliciesIn(vhost))), 1)
	changed(client.DeletePolicy(vhost, name))
	equal("none left", len(got(client.ListPoliciesIn(vhost))), 0)

	operatorPolicy := rabbithole.OperatorPolicy{Pattern: "^q", ApplyTo: "queues", Priority: 3, Definition: definition}
	changed(client.PutOperatorPolicy(vhost, name, operatorPolicy))
	equal("operator policy", got(client.GetOperatorPolicy(vhost, name)).Definition, definition)
	one(got(client.ListOperatorPolicies()), name, func(p rabbithole.OperatorPolicy) bool { return p.Name == name })
	equal("in the vhost", len(got(client.ListOperatorPoliciesIn(vhost))), 1)
	changed(client.DeleteOperatorPolicy(vhost, name))
	equal("none left", len(got(client.ListOperatorPoliciesIn(vhost))), 0)
}

func parameters(vhost string) {
	name := named("global")
	changed(client.PutGlobalParameter(name, map[string]any{"a": []any{1.0, "b"}}))
	equal("global parameter", got(client.GetGlobalParameter(name)).Value, any(map[string]any{"a": []any{1.0, "b"}}))
	one(got(client.ListGlobalParameters()), name, func(p rabbithole.GlobalRuntimeParameter) bool { return p.Name == name })
	changed(client.DeleteGlobalParameter(name))

	// Limits of a vhost are a parameter, of a component that every broker has.
	changed(client.PutRuntimeParameter("vhost-limits", vhost, "limits", map[string]any{"max-queues": 10}))
	equal("parameter", got(client.GetRuntimeParameter("vhost-limits", vhost, "limits")).Value, any(map[string]any{"max-queues": 10.0}))
	isIt := func(p rabbithole.RuntimeParameter) bool { return p.Vhost == vhost && p.Name == "limits" }
	one(got(client.ListRuntimeParameters()), "the parameter", isIt)
	one(got(client.ListRuntimeParametersFor("vhost-limits")), "the parameter", isIt)
	one(got(client.ListRuntimeParametersIn("vhost-limits", vhost)), "the parameter", isIt)
	changed(client.DeleteRuntimeParameter("vhost-limits", vhost, "limits"))
	equal("none left", len(got(client.ListRuntimeParametersIn("vhost-limits", vhost))), 0)
}

func definitions(vhost string) {
	queue := named("defined")
	changed(client.DeclareQueue(vhost, queue, rabbithole.QueueSettings{Durable: true}))
	whole := got(client.ListDefinitions())
	one(*whole.Queues, queue, func(q rabbithole.QueueInfo) bool { return q.Name == queue })
	one(*got(client.ListVhostDefinitions(vhost)).Queues, queue, func(q rabbithole.QueueInfo) bool { return q.Name == queue })
	changed(client.DeleteQueue(vhost, queue))
	// Only the queues: this version of the library does not give parameters and policies the names that they have.
	queues := []rabbithole.QueueInfo{{Name: queue, Vhost: vhost, Durable: true, Arguments: map[string]any{}}}
	changed(client.UploadDefinitions(&rabbithole.ExportedDefinitions{
		Queues:    &queues,
		Exchanges: &[]rabbithole.ExchangeInfo{},
		Bindings:  &[]rabbithole.BindingInfo{},
		Policies:  &[]rabbithole.PolicyDefinition{},
	}))
	equal("imported", got(client.GetQueue(vhost, queue)).Name, queue)
	changed(client.DeleteQueue(vhost, queue))
}

func busy(vhost string) {
	prefix := named("busy")
	stop := startTraffic(vhost, prefix)
	defer stop()
	until("connections", func() bool { return len(got(client.ListVhostConnections(vhost))) == 3 })
	inVhost := func(c rabbithole.ConnectionInfo) bool { return c.Vhost == vhost }
	connection := one(got(client.ListConnections()), "a connection", inVhost)
	equal("connection", got(client.GetConnection(connection.Name)).Name, connection.Name)
	until("channels", func() bool { return len(got(client.ListChannels())) > 0 })
	channel := one(got(client.ListChannels()), "a channel", func(c rabbithole.ChannelInfo) bool { return c.Vhost == vhost })
	equal("channel", got(client.GetChannel(channel.Name)).Name, channel.Name)
	// RabbitMQ answers a consumer whose channel has no statistics yet in a way that does not decode.
	until("consumers", func() bool {
		consumers, err := client.ListConsumers()
		return err == nil && len(consumers) >= 3
	})
	equal("consumers of the vhost", len(got(client.ListConsumersIn(vhost))), 3)

	until("rates", func() bool { return got(client.Overview()).MessageStats.Publish > 0 })
	for _, kind := range []string{"classic", "quorum"} {
		until("messages of "+kind, func() bool { return got(client.GetQueue(vhost, prefix+"."+kind)).MessageStats.Publish > 0 })
	}
	got(client.GetExchange(vhost, prefix+".topic"))
	got(client.ListQueues())
	got(client.ListNodes())
	got(client.ListVhosts())
	got(client.ListExchanges())

	changed(client.CloseConnection(connection.Name))
	until("the end of the connection", func() bool {
		for _, other := range got(client.ListVhostConnections(vhost)) {
			if other.Name == connection.Name {
				return false
			}
		}
		return true
	})
}

// What is a plug-in of RabbitMQ: lists are empty where none is declared, and without the plug-in declaring is refused with a reason.
func plugins(vhost string) {
	equal("status of shovels", len(got(client.ListShovelStatus(vhost))), 0)
	equal("links", len(got(client.ListFederationLinks())), 0)
	equal("links of the vhost", len(got(client.ListFederationLinksIn(vhost))), 0)
	equal("shovels", len(got(client.ListShovels())), 0)
	equal("shovels of the vhost", len(got(client.ListShovelsIn(vhost))), 0)
	equal("upstreams", len(got(client.ListFederationUpstreams())), 0)
	equal("upstreams of the vhost", len(got(client.ListFederationUpstreamsIn(vhost))), 0)
	_, err := client.GetShovel(vhost, "none")
	answered(nil, err, 404)
	_, err = client.GetFederationUpstream(vhost, "none")
	answered(nil, err, 404)
	// The library takes 404 for a success here.
	got(client.DeleteShovel(vhost, "none"))
	got(client.DeleteFederationUpstream(vhost, "none"))
	response, err := client.PutFederationUpstream(vhost, "u", rabbithole.FederationDefinition{Uri: rabbithole.URISet{"amqp://127.0.0.1"}})
	answered(response, err, 400)
	response, err = client.DeclareShovel(vhost, "s", rabbithole.ShovelDefinition{SourceURI: rabbithole.URISet{"amqp://127.0.0.1"}})
	answered(response, err, 400)
	response, err = client.SyncQueue(vhost, "none")
	answered(response, err, 400, 404)
	response, err = client.CancelSyncQueue(vhost, "none")
	answered(response, err, 400, 404)
}
