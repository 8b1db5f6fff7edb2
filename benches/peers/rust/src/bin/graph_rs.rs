//! The same with graph-rs-sdk. Usage as of bare-reqwest, without the last argument.

use std::{env, fs, io::Write as _, time::Duration};

use futures_util::{StreamExt as _, stream};
use graph_rs_sdk::GraphClient;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = env::args().collect();
    let list = fs::read_to_string(&arguments[2]).unwrap();
    let concurrency: usize = arguments[3].parse().unwrap();
    let mut client = GraphClient::new(env::var("BENCH_TOKEN").unwrap());
    client.use_test_endpoint(&format!("{}/v1.0", arguments[1]).parse().unwrap());
    let asks = list.lines().map(|name| {
        let (client, name) = (client.clone(), name.to_owned());
        async move { tokio::spawn(async move { ask(&client, name).await }).await.unwrap() }
    });
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut answers = stream::iter(asks).buffer_unordered(concurrency);
    while let Some((name, status, code)) = answers.next().await {
        writeln!(out, "{name}\t{status}\t{code}").unwrap();
    }
}

async fn ask(client: &GraphClient, name: String) -> (String, u16, String) {
    let body = serde_json::json!({
        "message": {
            "subject": "Access probe, never sent",
            "body": { "contentType": "Text", "content": "probe" },
            "toRecipients": []
        },
        "saveToSentItems": false
    });
    for _ in 0..8 {
        let Ok(response) = client.user(&name).send_mail(&body).send().await else {
            return (name, 0, "failed".to_owned());
        };
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
