//! The help centre's pages: home, categories, languages, old addresses, the sitemap, and a policy without scripts of others.

use http::Method;
use serde_json::json;

use super::scene::{change, html, open_help, page, publish, set_status, titled};
use crate::desk::scene::{Visitor, items, text, widget_key};
use crate::harness::both_engines;

both_engines! {
    async fn the_way_leads_from_home_through_a_category_to_an_article(world) {
        open_help(world).await;
        let ada = world.as_(&world.ada);
        let billing = ada.post("/api/v1/categories", json!({"name": "Billing & <Money>"})).expect(201).await;
        let below = ada.post("/api/v1/categories", json!({"name": "Invoices", "parent_id": billing["id"]})).expect(201).await;
        let mut new = titled("Where is my <invoice>?", "In your *account*.");
        new["category_id"] = below["id"].clone();
        publish(world, new).await;
        publish(world, titled("Loose", "Nowhere.")).await;
        let home = html(world, "/help/en").await;
        assert!(home.contains("Invoices") && home.contains("Where is my &#60;invoice&#62;?") && home.contains("Other articles"), "{home}");
        let category = html(world, &format!("/help/en/categories/{}", text(&below["id"]))).await;
        assert!(category.contains("Billing &#38; &#60;Money&#62;") && category.contains("In your account."), "{category}");
        let article = html(world, "/help/en/articles/where-is-my-invoice").await;
        assert!(article.contains(&format!("/help/en/categories/{}", text(&billing["id"]))));
        let answer = page(world, "/help/en/articles/where-is-my-invoice").await;
        let policy = answer.text_header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(!article.contains("style=\"") && !article.contains("<script>"));
    }

    async fn readers_are_led_to_their_language(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        change(world, Method::PUT, &article, "/translations/de", titled("Preise", "Zehn Euro.")).await;
        set_status(world, &article, "published").await;
        publish(world, titled("English only", "No German.")).await;
        let wanting = async |languages: &str| {
            let call = world.as_nobody().get("/help").header("host", "help.acme.test").header("accept-language", languages);
            call.send().await.text_header("location").to_owned()
        };
        assert_eq!(wanting("de-AT,de;q=0.9,en;q=0.5").await, "/help/de");
        assert_eq!(wanting("fr,tlh;q=0.3").await, "/help/en");
        let home = html(world, "/help/de").await;
        assert!(home.contains("Wie können wir helfen?") && home.contains("Preise") && home.contains("English only"));
        let moved = page(world, "/help/de/articles/english-only").await;
        assert_eq!(moved.text_header("location"), "/help/en/articles/english-only?for=de");
        assert!(html(world, "/help/en/articles/english-only?for=de").await.contains("Sie lesen das Original"));
        assert_eq!(page(world, "/help/de/articles/prices").await.text_header("location"), "/help/de/articles/preise");
    }

    async fn search_engines_read_what_is_open_to_anybody(world) {
        open_help(world).await;
        publish(world, titled("Open", "b")).await;
        publish(world, json!({"title": "For customers", "body": "b", "visibility": "authenticated"})).await;
        publish(world, json!({"title": "For us", "body": "b", "audience": "internal"})).await;
        let map = html(world, "/help/sitemap.xml").await;
        assert!(map.contains("/help/en/articles/open</loc>") && !map.contains("for-"), "{map}");
        assert_eq!(html(world, "/help/sitemaps/1.xml").await, map, "a part on its own is the same list");
        for beyond in ["2.xml", "0.xml", "1", "x.xml", "9999999999999999999.xml"] {
            assert_eq!(page(world, &format!("/help/sitemaps/{beyond}")).await.status, 404, "{beyond}");
        }
        assert!(html(world, "/robots.txt").await.contains("/help/sitemap.xml"));
    }

    async fn the_contact_form_opens_a_ticket_that_carries_what_was_read(world) {
        open_help(world).await;
        let article = publish(world, titled("Prices", "Ten euros.")).await;
        let id = text(&article["id"]);
        let search = world.as_nobody().get("/help/api/search?q=refund%20policy&settled=true").header("host", "help.acme.test");
        let search = search.expect(200).await["query_id"].clone();
        let form = html(world, &format!("/help/en/contact?read={id}&s={}", text(&search))).await;
        assert!(form.contains(">Prices</a>") && form.contains(text(&search)), "{form}");
        let send = |body: String| world.as_nobody().call(Method::POST, "/help/en/contact").header("host", "help.acme.test")
            .raw("application/x-www-form-urlencoded", body);
        let again = send("email=nobody&message=Hello+there".to_owned()).send().await;
        assert_eq!(again.status, 422);
        assert!(again.expect_any().contains("Hello there"));
        send("email=lia%40shop.test&message=Buy+pills&website=x".to_owned()).send().await;
        let sent = send(format!("name=Lia&email=lia%40shop.test&message=How+do+I+get+a+refund%3F&read={id}&searches={}", text(&search)));
        let place = sent.send().await.text_header("location").to_owned();
        assert!(html(world, &place).await.contains("#"));
        let tickets = world.as_(&world.ada).get("/api/v1/tickets").expect(200).await;
        assert_eq!(items(&tickets).len(), 1);
        assert_eq!(text(&items(&tickets)[0]["channel"]), "form");
        let messages = format!("/api/v1/tickets/{}/messages", text(&items(&tickets)[0]["id"]));
        let messages = world.as_(&world.ada).get(&messages).expect(200).await.to_string();
        assert!(messages.contains("Read before writing") && messages.contains("/help/en/articles/prices"), "{messages}");
        let gaps = world.as_(&world.ada).get("/api/v1/gaps").expect(200).await;
        assert_eq!((text(&items(&gaps)[0]["text"]), items(&gaps)[0]["tickets"].as_i64()), ("refund policy", Some(1)));
    }

    async fn settings_are_checked_and_set_by_one_at_a_time(world) {
        let ada = world.as_(&world.ada);
        let site = |host: &str| json!({"host": host, "default_locale": "en", "has_contact": true});
        for host in ["https://x/", "a&b", "x/help", "a b"] {
            let refused = ada.put("/api/v1/help-site", site(host)).header("if-match", "\"0\"").send().await;
            refused.problem(422, "invalid_field");
        }
        let set = |host: String| ada.put("/api/v1/help-site", site(&host)).header("if-match", "\"0\"").send();
        let both = tokio::join!(set("one.acme.test".into()), set("two.acme.test".into()));
        let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        ada.put("/api/v1/help-site", site("Help.Acme.test:443")).header("if-match", "\"1\"").expect(200).await;
        publish(world, titled("Prices", "Ten euros.")).await;
        assert!(html(world, "/help/sitemap.xml").await.contains("://help.acme.test"));
    }

    async fn where_there_is_no_form_nothing_can_be_sent(world) {
        open_help(world).await;
        let send = |locale: &str| world.as_nobody().call(Method::POST, &format!("/help/{locale}/contact")).header("host", "help.acme.test")
            .raw("application/x-www-form-urlencoded", "email=lia%40shop.test&message=Hello".to_owned()).send();
        assert_eq!(send("fr").await.status, 404, "no article speaks French");
        let without = json!({"host": "help.acme.test", "default_locale": "en", "has_contact": false});
        world.as_(&world.ada).put("/api/v1/help-site", without).header("if-match", "\"1\"").expect(200).await;
        assert_eq!(send("en").await.status, 404);
        assert!(items(&world.as_(&world.ada).get("/api/v1/tickets").expect(200).await).is_empty());
    }

    async fn a_place_of_the_host_app_has_its_articles(world) {
        let key = widget_key(world).await;
        let open = publish(world, titled("Invoices", "b")).await;
        let hidden = publish(world, json!({"title": "For us", "body": "b", "audience": "internal"})).await;
        for article in [&open, &hidden] {
            change(world, Method::PUT, article, "/contexts", json!({"names": ["billing.invoices"]})).await;
        }
        let visitor = Visitor::new(world, &key).await;
        let found = visitor.get("/api/v1/help/context/billing.invoices").expect(200).await;
        let titles: Vec<&str> = items(&found).iter().map(|one| text(&one["title"])).collect();
        assert_eq!(titles, ["Invoices"]);
        assert!(items(&visitor.get("/api/v1/help/context/nowhere").expect(200).await).is_empty());
        let names = world.as_(&world.ada).get("/api/v1/article-contexts").expect(200).await;
        assert_eq!(items(&names)[0]["articles"], 2);
    }
}
