//! The least a Rust program can do: reqwest, one `sendMail` per mailbox, `Retry-After` obeyed, nothing checked.
//!
//! Usage: bare-reqwest GRAPH-URL LIST CONCURRENCY single|multi; prints `address TAB status TAB code` per mailbox.

use std::{env, fs, io::Write as _, time::Duration};

use futures_util::{StreamExt as _, stream};

const BODY: &str = r#"{"message":{"subject":"Access probe, never sent","body":{"contentType":"Text","content":"probe"},"toRecipients":[]},"saveToSentItems":false}"#;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let mut builder = match arguments[4].as_str() {
        "single" => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build().unwrap().block_on(run(&arguments[1], &arguments[2], arguments[3].parse().unwrap()));
}

async fn run(url: &str, list: &str, concurrency: usize) {
    let list = fs::read_to_string(list).unwrap();
    let token = env::var("BENCH_TOKEN").unwrap();
    // Certificates left out, as ours leaves them out for a service on this machine.
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only(std::iter::empty()).build().unwrap();
    let asks = list.lines().map(|name| {
        let (client, token, name) = (client.clone(), token.clone(), name.to_owned());
        let url = format!("{url}/v1.0/users/{name}/sendMail");
        // A task of its own, so that more than one thread can be used.
        async move { tokio::spawn(async move { ask(&client, &url, &token, name).await }).await.unwrap() }
    });
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut answers = stream::iter(asks).buffer_unordered(concurrency);
    while let Some((name, status, code)) = answers.next().await {
        writeln!(out, "{name}\t{status}\t{code}").unwrap();
    }
}

async fn ask(client: &reqwest::Client, url: &str, token: &str, name: String) -> (String, u16, String) {
    for _ in 0..8 {
        let sent = client
            .post(url)
            .bearer_auth(token)
            .header("content-type", "application/json")
            .timeout(Duration::from_secs(10))
            .body(BODY)
            .send()
            .await;
        let Ok(response) = sent else { return (name, 0, "failed".to_owned()) };
        let status = response.status().as_u16();
        if status == 429 {
            let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
            continue;
        }
        let body = response.text().await.unwrap_or_default();
        let code = serde_json::from_str::<serde_json::Value>(&body)
            .ok()
            .and_then(|body| body["error"]["code"].as_str().map(str::to_owned))
            .unwrap_or_default();
        return (name, status, code);
    }
    (name, 429, String::new())
}
